// Copies of a store: taken whole and consistent while a Holdfast goes on writing, and put back only
// where none runs. A copy is proven before it is believed, and nothing that is there is overwritten
// but by a restore that was asked to.

import { copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { HoldfastError, isHoldfastError } from '@holdfast/kernel';
import { storeFailed } from '../rows/store-failed.ts';
import { lockStore, openForReading } from './database.ts';
import { MIGRATIONS, schemaVersion } from './schema.ts';
import { fromErrorRecord, toErrorRecord } from './store-error.ts';

export interface CopyFacts {
  bytes: number;
  rawRows: number;
  schemaVersion: number;
}

/** Writes a compact copy of the store to a new file. Throws FILE_EXISTS, NOT_FOUND, STORE_FAILED. */
export function backupStore(path: string, copy: string): CopyFacts {
  if (!existsSync(path)) {
    throw new HoldfastError('NOT_FOUND', `no store at ${path}`, 'Name its folder with --data.');
  }
  if (existsSync(copy)) {
    throw new HoldfastError('FILE_EXISTS', `${copy} already exists`, 'Choose another name.');
  }
  return saying(() => {
    const database = openForReading(path);
    try {
      database.prepare('VACUUM INTO ?').run(copy);
    } finally {
      database.close();
    }
    return proveCopy(copy);
  });
}

/**
 * Puts a copy in the place of the store; what stood there is kept beside it as `.before-restore`.
 * Throws DATA_LOCKED while a Holdfast uses the store, STORE_TOO_NEW, STORE_FAILED for a bad copy.
 */
export function restoreStore(copy: string, path: string): CopyFacts {
  return saying(() => {
    if (!existsSync(copy)) {
      throw new HoldfastError('NOT_FOUND', `no copy at ${copy}`, 'Name the file of a backup.');
    }
    const facts = proveCopy(copy);
    const lock = lockStore(path);
    try {
      const fresh = `${path}.restoring`;
      copyFileSync(copy, fresh);
      setAside(path);
      renameSync(fresh, path);
    } finally {
      lock.close();
    }
    return facts;
  });
}

/** The log of changes belongs to the file it stands beside: it goes along, never to the new one. */
function setAside(path: string): void {
  for (const ending of ['', '-wal', '-shm']) {
    const kept = `${path}.before-restore${ending}`;
    rmSync(kept, { force: true });
    if (existsSync(path + ending)) renameSync(path + ending, kept);
  }
}

function proveCopy(copy: string): CopyFacts {
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    const [verdict] = Object.values(database.prepare('PRAGMA integrity_check(1)').get() ?? {});
    if (verdict !== 'ok') throw storeFailed(`${copy} is damaged: ${verdict}`, 'Use another copy.');
    const version = schemaVersion(database);
    if (version > MIGRATIONS.length) {
      const what = `${copy} was written by a newer Holdfast (schema ${version})`;
      throw new HoldfastError(
        'STORE_TOO_NEW',
        what,
        'Restore it with that version or a later one.',
      );
    }
    const { rows } = database.prepare('SELECT count(*) AS rows FROM results').get() ?? {};
    const rawRows = Number(rows);
    return { bytes: statSync(copy).size, rawRows, schemaVersion: version };
  } finally {
    database.close();
  }
}

function saying<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isHoldfastError(error) ? error : fromErrorRecord(toErrorRecord(error));
  }
}
