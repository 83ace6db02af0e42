import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { isHoldfastError, LatencySketch, seededChance } from '@holdfast/kernel';
import { sampleResult } from '../results/sample-results.ts';
import { BatchEncoder } from '../rows/batch-encoder.ts';
import { readCodes } from './code-reader.ts';
import { readBuckets } from './rollup-buckets.ts';
import { writeBody } from './row-body.ts';
import { MIGRATIONS, type Migration, migrate, schemaVersion } from './schema.ts';
import { StoreWriter } from './store-writer.ts';

/** A store as today's version leaves it, with some rows. */
function storeWithRows(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  const chance = seededChance(1);
  const rows = [1, 2, 3].map((second) =>
    sampleResult(chance, { check: 'web', plannedAtMs: second * 1000 }),
  );
  new StoreWriter(database).append(new BatchEncoder(writeBody).encode(rows, 0));
  return database;
}

const addNote: Migration = (database) => {
  database.exec(`ALTER TABLE checks ADD COLUMN note TEXT NOT NULL DEFAULT ''`);
  database.exec(`UPDATE checks SET note = name || ' moved'`);
};

it('brings a store of an earlier version on, with what it holds', () => {
  const database = storeWithRows();
  const version = schemaVersion(database);
  assert.equal(version, MIGRATIONS.length);
  migrate(database, [...MIGRATIONS, addNote]);
  assert.equal(schemaVersion(database), version + 1);
  assert.equal(database.prepare('SELECT note FROM checks').get()?.note, 'web moved');
  assert.equal(database.prepare('SELECT count(*) AS n FROM results').get()?.n, 3);
  migrate(database, [...MIGRATIONS, addNote]);
  assert.equal(schemaVersion(database), version + 1, 'nothing runs twice');
});

it('leaves a store as it was when a migration fails', () => {
  const database = storeWithRows();
  const failing: Migration = (target) => {
    addNote(target);
    throw new Error('no luck');
  };
  assert.throws(() => migrate(database, [...MIGRATIONS, failing]), /no luck/);
  assert.equal(schemaVersion(database), MIGRATIONS.length);
  assert.throws(() => database.prepare('SELECT note FROM checks'), /no such column/);
});

it('never touches a store of a newer version', () => {
  const database = storeWithRows();
  migrate(database, [...MIGRATIONS, addNote]);
  const isTooNew = (error: unknown) => isHoldfastError(error) && error.code === 'STORE_TOO_NEW';
  assert.throws(() => migrate(database), isTooNew);
});

it('brings a store of the first version on: its rollups grow, codes are told from now on', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, MIGRATIONS.slice(0, 1));
  database.exec(`INSERT INTO checks VALUES (1, 'default', 'web', 0)`);
  const sketch = new LatencySketch();
  sketch.add(40);
  database.prepare('INSERT INTO minutes VALUES (0, 1, 1, 0, 0, 0, ?)').run(sketch.encode());
  migrate(database);
  const late = sampleResult(seededChance(1), { check: 'web', plannedAtMs: 1000 });
  new StoreWriter(database).append(new BatchEncoder(writeBody).encode([late], 0));
  const [bucket] = readBuckets(database, { checkId: 1, fromMs: 0, toMs: 60_000, stepMs: 60_000 });
  assert.deepEqual([bucket?.counts, bucket?.sketch?.count], [[2, 0, 0, 0], 2]);
  const codes = readCodes(database, { checkId: 1, fromMs: 0, toMs: 60_000 });
  assert.deepEqual(
    codes.map(({ code, runs }) => [code, runs]),
    [['200', 1]],
  );
});
