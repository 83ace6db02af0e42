// The SQLite engine held to the contracts, in a file and in memory, and what only a file can do:
// locks, versions, damage, a full queue, a worker that dies.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, describe, it } from 'node:test';
import { isHoldfastError, seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import { alertJournalConformance } from '../alert-journal/alert-journal.conformance.ts';
import { resultsConformance } from '../results/results.conformance.ts';
import { sampleResult } from '../results/sample-results.ts';
import { openSqliteStore, type SqliteStore } from './open-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = () => join(folder, `${++files}`, 'results.db');
const opened: SqliteStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function open(path: string, queueMax?: number): Promise<SqliteStore> {
  const queue = queueMax === undefined ? {} : { queueMax };
  const store = await openSqliteStore({ path, clock: systemClock, logger: silentLogger, ...queue });
  opened.push(store);
  return store;
}

for (const [name, path] of [
  ['file', newPath],
  ['memory', () => ':memory:'],
] as const) {
  resultsConformance(`sqlite in ${name}`, () => open(path()));
  alertJournalConformance(`sqlite in ${name}`, () => open(path()));
}

const START_MS = Date.UTC(2026, 2, 1);

function runs(count: number) {
  const chance = seededChance(3);
  return Array.from({ length: count }, (_, index) =>
    sampleResult(chance, { check: 'web', plannedAtMs: START_MS + index * 1000 }),
  );
}

function failsWith(code: string, words: RegExp) {
  return (error: unknown) =>
    isHoldfastError(error) && error.code === code && words.test(`${error.message} ${error.cure}`);
}

describe('sqlite store', () => {
  it('finds everything again after closing', async () => {
    const path = newPath();
    const rows = runs(100);
    const first = await open(path);
    await first.results.append(rows);
    await first.close();
    const second = await open(path);
    assert.deepEqual(await second.results.latest({ perCheck: 100 }), rows.toReversed());
    const more = runs(200);
    assert.equal((await second.results.append(more)).duplicates, 100);
    const usage = await second.results.usage();
    assert.deepEqual(
      { ...usage, bytes: 0 },
      {
        bytes: 0,
        rawRows: 200,
        oldestMs: START_MS,
        schemaVersion: 3,
        shed: 0,
      },
    );
    assert.ok(usage.bytes > 4096);
    const range = { fromMs: 0, toMs: START_MS * 2, stepMs: 3_600_000 };
    const [hour] = await second.results.rollups(range);
    assert.equal(hour?.counts.up, 200, 'a bucket written before is read back and grows');
    await second.close();
  });

  it('refuses a store that another one has, until that is closed', async () => {
    const path = newPath();
    const first = await open(path);
    await assert.rejects(open(path), failsWith('DATA_LOCKED', /--data/));
    await first.close();
    await (await open(path)).close();
  });

  it('refuses a store of a newer version and leaves it as it is', async () => {
    const path = newPath();
    await (await open(path)).close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await assert.rejects(open(path), failsWith('STORE_TOO_NEW', /99.*newer Holdfast/));
    await assert.rejects(open(path), failsWith('STORE_TOO_NEW', /99/), 'and holds no lock');
  });

  it('says of a damaged file how to go on', async () => {
    const path = newPath();
    await (await open(path)).close();
    writeFileSync(path, 'certainly no database '.repeat(1000));
    await assert.rejects(open(path), failsWith('STORE_FAILED', /damaged.*backup/));
  });

  it('says so when the place cannot be had', async () => {
    const path = newPath();
    await (await open(path)).close();
    await assert.rejects(
      open(join(path, 'below')),
      failsWith('STORE_FAILED', /(ENOTDIR|EEXIST).*folder/),
    );
  });

  it('sheds the oldest rows when its queue is full, and counts them', async () => {
    const store = await open(newPath(), 50);
    const rows = runs(80);
    const receipts = await Promise.all([
      store.results.append(rows.slice(0, 40)),
      store.results.append(rows.slice(40)),
    ]);
    assert.deepEqual(receipts, [
      { appended: 10, duplicates: 0, shed: 30 },
      { appended: 40, duplicates: 0, shed: 0 },
    ]);
    assert.deepEqual(await store.results.latest({ perCheck: 100 }), rows.slice(30).toReversed());
    assert.equal((await store.results.usage()).shed, 30);
    await store.close();
  });

  it('writes all that is queued before it closes', async () => {
    const path = newPath();
    const store = await open(path, 4);
    const rows = runs(8);
    const underWay = store.results.append(rows.slice(0, 4));
    await Promise.resolve();
    const queued = store.results.append(rows.slice(4));
    await store.close();
    assert.deepEqual([(await underWay).appended, (await queued).appended], [4, 4]);
    const again = await open(path);
    assert.equal((await again.results.usage()).rawRows, 8);
    await again.close();
  });

  it('refuses the row that JSON cannot write, and only that', async () => {
    const store = await open(newPath());
    const [good, other, rest] = runs(3);
    assert.ok(good && other && rest);
    const bad = { ...other, detail: { big: 1n } };
    const refused = store.results.append([bad]);
    const taken = store.results.append([good, rest]);
    await assert.rejects(refused, failsWith('USAGE', /JSON/));
    assert.equal((await taken).appended, 2);
    assert.deepEqual(await store.results.latest({ perCheck: 9 }), [rest, good]);
    await store.close();
  });

  it('answers questions while an append is held up', async () => {
    const path = newPath();
    const store = await open(path);
    const [first, second] = runs(2);
    assert.ok(first && second);
    await store.results.append([first]);
    const holder = new DatabaseSync(path);
    try {
      holder.exec('BEGIN IMMEDIATE');
      let isAppended = false;
      const appended = store.results.append([second]).then(() => {
        isAppended = true;
      });
      assert.deepEqual(await store.results.latest({}), [first]);
      assert.equal(isAppended, false);
      holder.exec('ROLLBACK');
      await appended;
      assert.deepEqual(await store.results.latest({}), [second]);
    } finally {
      holder.close();
    }
  });

  it('closes once, however often it is asked', async () => {
    const store = await open(newPath());
    await Promise.all([store.close(), store.close(), store.results.close()]);
  });
});
