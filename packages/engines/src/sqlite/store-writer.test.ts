import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { LatencySketch, seededChance } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { HOUR_MS, MINUTE_MS } from '../results/questions.ts';
import { modelRollups } from '../results/results.model.ts';
import { sampleResult } from '../results/sample-results.ts';
import { BatchEncoder } from '../rows/batch-encoder.ts';
import { RETENTION_START, type RetentionCursor, retainSlice } from './retention.ts';
import { RollupCache } from './rollup-cache.ts';
import { writeBody } from './row-body.ts';
import { decodeRows } from './row-decoder.ts';
import { migrate } from './schema.ts';
import { StoreReader } from './store-reader.ts';
import { StoreWriter } from './store-writer.ts';

function newStore() {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  const writer = new StoreWriter(database);
  const reader = new StoreReader(database, ':memory:');
  return { database, writer, reader, encoder: new BatchEncoder(writeBody) };
}

function runs(count: number, check = 'web', failing = 0.2): ProbeResult[] {
  const chance = seededChance(count);
  return Array.from({ length: count }, (_, index) =>
    sampleResult(chance, { check, failing, plannedAtMs: index * 20_000 }),
  );
}

const count = (database: DatabaseSync, table: string) =>
  Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);

it('leaves nothing of a batch that failed, and relies on nothing sent before', () => {
  const { database, writer, encoder } = newStore();
  const rows = runs(30);
  writer.append(encoder.encode(rows.slice(0, 10), 0));
  const clash = encoder.encode(runs(5, 'new'), 0);
  for (const template of clash.templates) template.id = 1;
  assert.throws(() => writer.append(clash), /UNIQUE constraint failed: templates.id/);
  assert.throws(() => writer.append(encoder.encode(rows.slice(10, 20), 0)), /relies on one/);
  assert.equal(count(database, 'results'), 10);
  assert.equal(count(database, 'checks'), 1);
  encoder.reset(writer.nextTemplateId());
  writer.append(encoder.encode(rows.slice(10), 0));
  const minutes = database.prepare('SELECT up, down FROM minutes ORDER BY start_ms').all();
  const expected = modelRollups(rows, MINUTE_MS).map(({ counts: { up, down } }) => ({ up, down }));
  assert.deepEqual(
    minutes.map((row) => ({ ...row })),
    expected,
  );
});

it('forgets what it cached of a transaction that failed at its end', () => {
  const { database, writer, reader, encoder } = newStore();
  const rows = runs(20);
  writer.append(encoder.encode(rows.slice(0, 5), 0));
  database.exec(`CREATE TRIGGER stop BEFORE UPDATE ON counters
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
  const doomed = [...rows.slice(5), ...runs(3, 'new')];
  assert.throws(() => writer.append(encoder.encode(doomed, 0)), /disk is full/);
  database.exec('DROP TRIGGER stop');
  encoder.reset(writer.nextTemplateId());
  writer.append(encoder.encode(doomed, 0));
  assert.equal(reader.usage().rawRows, 23);
  assert.deepEqual(
    reader.checks().map(({ check }) => check),
    ['new', 'web'],
  );
  const total = database.prepare('SELECT sum(up + down) AS n FROM minutes').get();
  assert.equal(total?.n, 23);
});

it('starts a deleted bucket anew when a late row comes between two slices', () => {
  const { database, writer, encoder } = newStore();
  const rows = runs(3, 'web', 0);
  writer.append(encoder.encode(rows, 0));
  const bounds = { rawMs: HOUR_MS, minuteMs: HOUR_MS, hourMs: 0, alertMs: 0, alertsMax: 1 };
  let cursor: RetentionCursor | undefined = RETENTION_START;
  while (cursor?.step === 'results' || cursor?.step === 'minutes')
    cursor = retainSlice(database, writer, bounds, cursor).next;
  assert.equal(count(database, 'minutes'), 0);
  writer.append(encoder.encode(rows.slice(0, 1), 0));
  assert.equal(database.prepare('SELECT up FROM minutes').get()?.up, 1);
});

it('reads back a bucket that fell out of a full cache', () => {
  const { database } = newStore();
  const cache = new RollupCache(database, 'minutes', MINUTE_MS, 1);
  for (let round = 0; round < 4; round += 1) {
    for (const checkId of [1, 2, 3]) cache.add(checkId, 0, 0, 10 * checkId);
    cache.flush();
  }
  for (const { up, check_id, sketch } of database.prepare('SELECT * FROM minutes').all()) {
    assert.equal(up, 4);
    assert.ok(sketch instanceof Uint8Array);
    assert.equal(LatencySketch.decode(sketch).sum, 40 * Number(check_id));
  }
});

it('deletes in slices between which batches come, and ends with only what is young', () => {
  const { database, writer, reader, encoder } = newStore();
  const rows = [...runs(3_000), ...runs(900, 'other')];
  writer.append(encoder.encode(rows, 0));
  // Each look at this clock takes 10 ms, so a slice has time for one statement.
  let nowMs = 0;
  const clock = { nowMs: () => (nowMs += 10), wallMs: () => 0, after: () => ({ cancel() {} }) };
  // Whole slots, as the store asks for.
  const beforeMs = 2_010 * 20_000;
  const bounds = { rawMs: beforeMs, minuteMs: beforeMs, hourMs: 0, alertMs: 0, alertsMax: 1 };
  let cursor: RetentionCursor | undefined = RETENTION_START;
  let [slices, deleted] = [0, 0];
  while (cursor !== undefined) {
    const slice: ReturnType<typeof retainSlice> = retainSlice(
      database,
      writer,
      bounds,
      cursor,
      clock,
    );
    assert.ok(slice.deleted <= 401, `${slice.deleted} rows in a slice`);
    deleted += slice.deleted;
    slices += 1;
    cursor = slice.next;
    const late = sampleResult(seededChance(slices), { check: 'late', plannedAtMs: 1e9 + slices });
    writer.append(encoder.encode([late], 0));
  }
  assert.equal(deleted, 2_910);
  assert.ok(slices > 10);
  assert.equal(reader.usage().rawRows, 990 + slices);
  const checks = [{ namespace: 'default', check: 'web' }];
  const left = decodeRows(reader.latest({ checks, perCheck: 5_000 }));
  assert.deepEqual(left, rows.slice(2_010, 3_000).toReversed());
  const oldest = database.prepare('SELECT min(start_ms) AS ms FROM minutes').get();
  assert.equal(oldest?.ms, beforeMs);
});
