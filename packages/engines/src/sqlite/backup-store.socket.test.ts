// Copies of real stores: while they are written, put back, and refused.

import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import { sampleResult } from '../results/sample-results.ts';
import { backupStore, restoreStore } from './backup-store.ts';
import { openSqliteStore } from './open-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-backup-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const chance = seededChance(7);

function runs(from: number, count: number) {
  return Array.from({ length: count }, (_, index) =>
    sampleResult(chance, { check: 'shop', plannedAtMs: (from + index) * 1_000 }),
  );
}

test('a copy taken while the store is written is whole, and brings the past back', async () => {
  const path = at('live.db');
  const store = await openSqliteStore({ path, clock: systemClock, logger: silentLogger });
  await store.results.append(runs(0, 500));
  const writing = store.results.append(runs(500, 500));
  const facts = backupStore(path, at('copy.db'));
  await writing;
  assert.ok(facts.rawRows >= 500 && facts.rawRows <= 1_000);
  assert.throws(() => restoreStore(at('copy.db'), path), { code: 'DATA_LOCKED' });
  await store.close();

  assert.equal(restoreStore(at('copy.db'), path).rawRows, facts.rawRows);
  const again = await openSqliteStore({ path, clock: systemClock, logger: silentLogger });
  assert.equal((await again.results.usage()).rawRows, facts.rawRows);
  await again.results.append(runs(2_000, 1));
  await again.close();
  assert.equal(backupStore(path, at('second.db')).rawRows, facts.rawRows + 1);
  assert.equal(backupStore(`${path}.before-restore`, at('third.db')).rawRows, 1_000);
});

test('what is absent, taken, damaged, foreign or too new is refused with its reason', async () => {
  assert.throws(() => backupStore(at('absent.db'), at('x.db')), { code: 'NOT_FOUND' });
  assert.throws(() => restoreStore(at('absent.db'), at('x.db')), { code: 'NOT_FOUND' });
  const path = at('other.db');
  const store = await openSqliteStore({ path, clock: systemClock, logger: silentLogger });
  await store.results.append(runs(0, 2_000));
  await store.close();
  backupStore(path, at('good.db'));
  assert.throws(() => backupStore(path, at('good.db')), { code: 'FILE_EXISTS' });

  writeFileSync(at('foreign.db'), 'not a database at all');
  assert.throws(() => restoreStore(at('foreign.db'), path), { code: 'STORE_FAILED' });
  backupStore(path, at('new.db'));
  const newer = new DatabaseSync(at('new.db'));
  newer.exec('PRAGMA user_version = 999');
  newer.close();
  assert.throws(() => restoreStore(at('new.db'), path), { code: 'STORE_TOO_NEW' });
  appendFileSync(at('foreign.db'), 'x');
  assert.equal(backupStore(path, at('still.db')).rawRows, 2_000);
});
