import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { seededChance } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { sampleResult } from '../results/sample-results.ts';
import { BatchEncoder } from '../rows/batch-encoder.ts';
import { type MoveProgress, moveResults } from './move-results.ts';
import { writeBody } from './row-body.ts';
import { decodeRows } from './row-decoder.ts';
import { MIGRATIONS, migrate } from './schema.ts';
import { StoreReader } from './store-reader.ts';
import { StoreWriter } from './store-writer.ts';

const MINUTE_MS = 60_000;
const COLUMNS = 'check_id, planned_ms, location_id, attempt, status, total_ms, template_id, body';

/** A store as the first version left it: its rows are copied from one of today. */
function storeOfFirstVersion(rows: readonly ProbeResult[]): DatabaseSync {
  const today = new DatabaseSync(':memory:');
  migrate(today);
  new StoreWriter(today).append(new BatchEncoder(writeBody).encode(rows, 0));
  const database = new DatabaseSync(':memory:');
  migrate(database, MIGRATIONS.slice(0, 1));
  for (const [table, columns] of [
    ['checks', '*'],
    ['locations', '*'],
    ['templates', '*'],
    ['certificates', '*'],
    ['results', COLUMNS],
  ] as const)
    for (const row of today.prepare(`SELECT ${columns} FROM ${table}`).all()) {
      const values = Object.values(row);
      const places = values.map(() => '?').join(', ');
      database.prepare(`INSERT INTO ${table} VALUES (${places})`).run(...values);
    }
  database.prepare('UPDATE counters SET value = ?').run(rows.length);
  today.close();
  return database;
}

function runs(check: string, startMs: number): ProbeResult[] {
  const chance = seededChance(startMs);
  return Array.from({ length: 100 }, (_, index) =>
    sampleResult(chance, { check, plannedAtMs: startMs + index * MINUTE_MS, failing: 0.1 }),
  );
}

/** With gaps of days, and times at both ends. */
const ROWS = [
  ...runs('web', 0),
  ...runs('web', 40_000 * MINUTE_MS),
  ...runs('api', 40_010 * MINUTE_MS + 7),
  ...runs('api', 8.64e12 - 100 * MINUTE_MS),
];

function assertHolds(database: DatabaseSync, rows: readonly ProbeResult[]): void {
  const reader = new StoreReader(database, ':memory:');
  for (const check of ['web', 'api']) {
    const expected = rows.filter(({ key }) => key.check === check);
    const page = reader.series({
      check: { namespace: 'default', check },
      fromMs: 0,
      toMs: 8.64e12,
      statusBits: 0b1111,
      descending: false,
      limit: 1_000,
    });
    assert.deepEqual(decodeRows(page), expected);
  }
  assert.equal(reader.usage().rawRows, rows.length);
  const old = `SELECT 1 FROM sqlite_schema WHERE name = 'results_by_check'`;
  assert.equal(database.prepare(old).get(), undefined);
}

/** Every look is ten seconds after the one before, so that each hour is reported. */
function hastyClock() {
  let nowMs = 0;
  return { nowMs: () => (nowMs += 10_000), wallMs: () => 0, after: () => ({ cancel() {} }) };
}

it('moves every row of a store of the first version, and tells how far it is', () => {
  const database = storeOfFirstVersion(ROWS);
  migrate(database);
  const told: MoveProgress[] = [];
  moveResults(database, (progress) => told.push(progress), hastyClock());
  assertHolds(database, ROWS);
  assert.ok(told.length > 5, `told ${told.length} times`);
  assert.deepEqual(told.at(-1), { moved: ROWS.length, total: ROWS.length });
  moveResults(database, () => assert.fail('nothing is left to move'), hastyClock());
});

it('goes on where it was stopped, however often', () => {
  const database = storeOfFirstVersion(ROWS);
  migrate(database);
  const stop = () => {
    throw new Error('stopped');
  };
  let stops = 0;
  for (;;)
    try {
      moveResults(database, stop, hastyClock());
      break;
    } catch (error) {
      assert.match(String(error), /stopped/);
      assert.equal(database.isTransaction, false);
      stops += 1;
    }
  assert.ok(stops > 5, `stopped ${stops} times`);
  assertHolds(database, ROWS);
});

it('takes new rows after the move, and knows those that are there', () => {
  const database = storeOfFirstVersion(ROWS);
  migrate(database);
  moveResults(database, () => {});
  const writer = new StoreWriter(database);
  const encoder = new BatchEncoder(writeBody);
  encoder.reset(writer.nextTemplateId());
  const more = runs('web', 41_000 * MINUTE_MS);
  const duplicates = writer.append(encoder.encode([...ROWS, ...more], 0));
  assert.equal(duplicates.length, ROWS.length);
  assertHolds(database, [...ROWS, ...more]);
});

it('leaves nothing to move in a store without rows', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  moveResults(database, () => assert.fail('nothing to move'));
  assertHolds(database, []);
});
