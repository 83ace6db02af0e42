// Opening the file: one connection that writes, one that only reads, and the lock that keeps a
// second Holdfast away. The lock is an exclusive transaction on a side file, which the system lets go
// of however the process ends; nothing is ever written into that file.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HoldfastError } from '@holdfast/kernel';
import { type MoveProgress, moveResults } from './move-results.ts';
import { migrate } from './schema.ts';
import { isBusy } from './store-error.ts';

export const MEMORY = ':memory:';

/** How long to wait for a backup or a shell that holds the file. */
const BUSY_WAIT_MS = 5_000;
/** A worker that died may take a moment to let go. */
const LOCK_WAIT_MS = 500;
/** Holds the running slot of some thousand checks, and their running rollups. */
const WRITER_CACHE_KIB = 32_768;
const READER_CACHE_KIB = 16_384;
/** Copying the log back less often writes hot pages once instead of many times; 32 MB of log. */
const CHECKPOINT_PAGES = 8_000;
const LOG_BYTES_KEPT = 64 * 1024 * 1024;

/**
 * Opens for writing, creates what is missing and migrates; `onMoved` is told how far it came when that
 * takes long. Throws STORE_TOO_NEW, or SQLite's error.
 * There is no memory map: a failing disk would end the process instead of one call.
 */
export function openForWriting(
  path: string,
  onMoved: (progress: MoveProgress) => void = () => {},
): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_WAIT_MS });
  try {
    database.exec('PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec(`PRAGMA cache_size = -${WRITER_CACHE_KIB}`);
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.exec(`PRAGMA journal_size_limit = ${LOG_BYTES_KEPT}`);
    migrate(database);
    moveResults(database, onMoved);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The writer must have opened it before. */
export function openForReading(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_WAIT_MS, readOnly: true });
  database.exec(`PRAGMA cache_size = -${READER_CACHE_KIB}`);
  return database;
}

/** Makes the folder when needed. Throws DATA_LOCKED while anyone else, here or elsewhere, has it. */
export function lockStore(path: string): DatabaseSync {
  // Only the owner may look inside: results may tell more than their targets' owners like.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(`${path}.lock`, { timeout: LOCK_WAIT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw isBusy(error) ? locked(path) : error;
  }
}

function locked(path: string): HoldfastError {
  return new HoldfastError(
    'DATA_LOCKED',
    `Another Holdfast uses ${path}`,
    'Stop the other Holdfast, or give this one a place of its own with --data DIR.',
  );
}
