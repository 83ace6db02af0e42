// What a store that several servers share must bear: the same rows from two of them at once, a server of
// PostgreSQL that is stopped, killed or started again in the middle of a batch, a connection that is cut.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { isHoldfastError, seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { Client } from 'pg';
import { assertRollups, modelRollups, uniqueByKey } from '../results/results.model.ts';
import { sampleResult } from '../results/sample-results.ts';
import type { Store } from '../store/store.ts';
import { type PostgresServer, startPostgres } from '../testing/postgres-server.ts';
import { openPostgresStore } from './open-postgres-store.ts';

const START_MS = Date.UTC(2026, 2, 1, 23, 50);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ALWAYS = { fromMs: 0, toMs: 8e12 };

let server: PostgresServer;
let schemas = 0;
const opened: Store[] = [];
before(async () => {
  server = await startPostgres();
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});
after(() => server.close());

async function open(schema: string, queueMax?: number): Promise<Store> {
  const store = await openPostgresStore({
    url: server.url,
    schema,
    clock: systemClock,
    logger: silentLogger,
    ...(queueMax === undefined ? {} : { queueMax }),
  });
  opened.push(store);
  return store;
}

/** Asks the server as anybody could. */
async function ask(text: string): Promise<unknown[][]> {
  const client = new Client(server.url);
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

/** Runs of some checks, across midnight, some of them down. */
function runs(count: number, seed: number, checks = 5): ProbeResult[] {
  const chance = seededChance(seed);
  return Array.from({ length: count }, (_, index) =>
    sampleResult(chance, {
      check: `check-${index % checks}`,
      plannedAtMs: START_MS + Math.floor(index / checks) * 7_000,
      failing: 0.2,
    }),
  );
}

async function assertHolds(store: Store, rows: readonly ProbeResult[]): Promise<void> {
  assert.equal((await store.results.usage()).rawRows, rows.length);
  for (const stepMs of [MINUTE_MS, HOUR_MS])
    assertRollups(await store.results.rollups({ ...ALWAYS, stepMs }), modelRollups(rows, stepMs));
}

function pieces<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );
}

function failsWith(code: string, words: RegExp) {
  return (error: unknown) =>
    isHoldfastError(error) && error.code === code && words.test(`${error.message} ${error.cure}`);
}

describe('one store, several servers', () => {
  it('counts every run once, whoever appends it and in whatever order', async () => {
    const schema = `shared_${++schemas}`;
    const stores = await Promise.all([open(schema), open(schema), open(schema)]);
    const rows = runs(1_200, 1);
    const orders = [rows, rows.toReversed(), [...rows.slice(600), ...rows.slice(0, 600)]];
    const receipts = await Promise.all(
      stores.map(async (store, index) => {
        let appended = 0;
        for (const piece of pieces(orders[index] ?? [], 90))
          appended += (await store.results.append(piece)).appended;
        return appended;
      }),
    );
    assert.equal(
      receipts.reduce((sum, each) => sum + each, 0),
      rows.length,
    );
    for (const store of stores) await assertHolds(store, uniqueByKey(rows));
  });

  it('sums the sketches of runs that only one of them has', async () => {
    const schema = `shared_${++schemas}`;
    const stores = await Promise.all([open(schema), open(schema)]);
    const rows = runs(2_000, 2);
    await Promise.all(
      stores.map(async (store, index) => {
        for (const [number, piece] of pieces(rows, 40).entries())
          if (number % 2 === index) await store.results.append(piece);
      }),
    );
    await assertHolds(await open(schema), rows);
    const [deadlocks] = await ask(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    assert.equal(Number(deadlocks?.[0]), 0);
  });

  it('forgets on one while another appends', async () => {
    const schema = `shared_${++schemas}`;
    const [first, second] = await Promise.all([open(schema), open(schema)]);
    const rows = runs(1_000, 3);
    await first.results.append(rows);
    const policy = { rawMs: 1, minuteMs: 1, hourMs: 1 };
    const later = runs(1_000, 4).map((row) => ({
      ...row,
      key: { ...row.key, plannedAtMs: row.key.plannedAtMs + 3 * 24 * HOUR_MS },
    }));
    const [deleted] = await Promise.all([
      first.results.retain(policy, START_MS + 2 * 24 * HOUR_MS),
      ...pieces(later, 100).map((piece) => second.results.append(piece)),
    ]);
    assert.equal(deleted, rows.length);
    await assertHolds(first, later);
    assert.equal(
      (await second.results.append(rows)).appended,
      rows.length,
      'a day that was dropped',
    );
  });
});

describe('a PostgreSQL that fails', () => {
  it('is waited for when it is restarted in the middle of batches', async () => {
    const store = await open(`failing_${++schemas}`);
    const rows = runs(3_000, 5);
    await store.results.append(rows.slice(0, 100));
    let restarted: Promise<void> | undefined;
    for (const [index, piece] of pieces(rows, 100).entries()) {
      const appended = store.results.append(piece);
      if (index === 10) restarted = server.restart();
      if (index % 3 === 0) await appended;
    }
    await restarted;
    await store.results.append(rows.slice(-1));
    await assertHolds(store, rows);
  });

  it('loses nothing and doubles nothing when backends are killed', async () => {
    const store = await open(`failing_${++schemas}`);
    const rows = runs(3_000, 6);
    const appends: Promise<unknown>[] = [];
    for (const [index, piece] of pieces(rows, 100).entries()) {
      appends.push(store.results.append(piece));
      if (index % 6 === 0) {
        await appends[0];
        await ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'holdfast' AND pid <> pg_backend_pid()`);
      }
    }
    await Promise.all(appends);
    await assertHolds(store, rows);
  });

  it('recovers from kill -9 with every run that was told to be kept', async () => {
    const store = await open(`failing_${++schemas}`);
    const rows = runs(1_000, 7);
    for (const piece of pieces(rows.slice(0, 500), 100)) await store.results.append(piece);
    await server.kill();
    const waiting = store.results.append(rows.slice(400));
    const asked = store.results.latest({});
    await server.restart();
    const { appended, duplicates } = await waiting;
    assert.deepEqual([appended, duplicates], [500, 100]);
    assert.equal((await asked).length, 5);
    await assertHolds(store, rows);
  });

  it('sheds the oldest rows while nothing can be written, and says how many', async () => {
    const store = await open(`failing_${++schemas}`, 200);
    await server.stop();
    const rows = runs(1_000, 8);
    const appends = pieces(rows, 50).map((piece) => store.results.append(piece));
    await server.restart();
    const receipts = await Promise.all(appends);
    const shed = receipts.reduce((sum, receipt) => sum + receipt.shed, 0);
    assert.ok(shed > 0 && shed < rows.length);
    const usage = await store.results.usage();
    assert.equal(usage.rawRows, rows.length - shed);
    assert.equal(usage.shed, shed);
  });

  it('fails at once where trying again cannot help, and goes on when that is mended', async () => {
    const schema = `failing_${++schemas}`;
    const store = await open(schema);
    const rows = runs(300, 11);
    await store.results.append(rows.slice(0, 100));
    await ask(`ALTER TABLE ${schema}.results RENAME TO elsewhere`);
    const failed = [rows.slice(100, 200), rows.slice(150, 250)].map((piece) =>
      assert.rejects(store.results.append(piece), failsWith('STORE_FAILED', /42P01/)),
    );
    await Promise.all(failed);
    await ask(`ALTER TABLE ${schema}.elsewhere RENAME TO results`);
    const { appended, duplicates } = await store.results.append(rows);
    assert.deepEqual([appended, duplicates], [200, 100]);
    await assertHolds(store, rows);
  });

  it('is let go of in time when the store is closed meanwhile', async () => {
    const store = await open(`failing_${++schemas}`);
    await server.stop();
    try {
      const waiting = assert.rejects(store.results.latest({}), failsWith('STORE_FAILED', /./));
      await store.close();
      await waiting;
      await assert.rejects(open('nowhere'), failsWith('STORE_FAILED', /server runs/));
    } finally {
      await server.restart();
    }
  });
});

describe('a PostgreSQL store that is opened', () => {
  it('is made once, however many servers start at the same time', async () => {
    const schema = `fresh_${++schemas}`;
    const stores = await Promise.all(Array.from({ length: 6 }, () => open(schema)));
    for (const store of stores) assert.equal((await store.results.usage()).schemaVersion, 2);
    assert.deepEqual(await ask(`SELECT version FROM ${schema}.schema_version`), [[2]]);
  });

  it('refuses one of a newer version and leaves it as it is', async () => {
    const schema = `fresh_${++schemas}`;
    await open(schema);
    await ask(`UPDATE ${schema}.schema_version SET version = 99`);
    await assert.rejects(open(schema), failsWith('STORE_TOO_NEW', /99.*newer Holdfast/));
    assert.deepEqual(await ask(`SELECT version FROM ${schema}.schema_version`), [[99]]);
  });

  it('goes on from a version that is older, with what it holds', async () => {
    const schema = `fresh_${++schemas}`;
    const rows = runs(100, 9);
    const first = await open(schema);
    await first.results.append(rows);
    await ask(`DROP VIEW ${schema}.check_runs; UPDATE ${schema}.schema_version SET version = 1;
      DROP FUNCTION ${schema}.readable(text) CASCADE; DROP FUNCTION ${schema}.run_facts CASCADE;
      DROP FUNCTION ${schema}.phases_of CASCADE; DROP VIEW ${schema}.check_minutes;
      DROP VIEW ${schema}.check_hours; DROP VIEW ${schema}.check_location_hours`);
    const second = await open(schema);
    assert.equal((await second.results.usage()).schemaVersion, 2);
    assert.deepEqual(await ask(`SELECT count(*) FROM ${schema}.check_runs`), [['100']]);
    await assertHolds(second, rows);
  });

  it('says how to go on when the address, the name or the database is wrong', async () => {
    const options = { clock: systemClock, logger: silentLogger };
    const wrong = (url: string, schema = 'x') => openPostgresStore({ ...options, url, schema });
    await assert.rejects(wrong('http://127.0.0.1/'), failsWith('USAGE', /postgres:\/\//));
    await assert.rejects(wrong(server.url, 'x"; DROP'), failsWith('USAGE', /schema/));
    const nobody = server.url.replace(/postgres$/, 'nobody');
    await assert.rejects(wrong(nobody), failsWith('STORE_FAILED', /createdb/));
  });

  it('never shows the password', async () => {
    const url = server.url.replace('holdfast@', 'holdfast:secret@');
    const options = { url, schema: `fresh_${++schemas}`, clock: systemClock, logger: silentLogger };
    const store = await openPostgresStore(options);
    opened.push(store);
    assert.equal(store.shownAs, `postgres://${server.host}:5432/postgres`);
    assert.equal(store.engine, 'postgres');
  });
});
