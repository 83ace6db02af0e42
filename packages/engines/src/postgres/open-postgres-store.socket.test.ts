// The PostgreSQL engine held to the contracts, and what only a server can do.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import { alertJournalConformance } from '../alert-journal/alert-journal.conformance.ts';
import { resultsConformance } from '../results/results.conformance.ts';
import { sampleResult } from '../results/sample-results.ts';
import { type PostgresServer, startPostgres } from '../testing/postgres-server.ts';
import { openPostgresStore } from './open-postgres-store.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 2, 1);

let server: PostgresServer;
let schemas = 0;
before(async () => {
  server = await startPostgres();
});
after(() => server.close());

function open(schema = `test_${++schemas}`, url = server.url) {
  return openPostgresStore({ url, schema, clock: systemClock, logger: silentLogger });
}

resultsConformance('postgres', () => open());
alertJournalConformance('postgres', () => open());

const timescale = process.env.HOLDFAST_TEST_TIMESCALE_URL;
if (timescale === undefined)
  it('timescale', { skip: 'HOLDFAST_TEST_TIMESCALE_URL names no server with TimescaleDB' });
else
  resultsConformance('timescale', () => open(`timescale_${process.pid}_${++schemas}`, timescale));

describe('a store with an archive', () => {
  it('archives days before their tables go, and answers from both', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-cold-'));
    const archive = { folder, afterMs: 2 * DAY_MS };
    const options = { url: server.url, clock: systemClock, logger: silentLogger };
    const store = await openPostgresStore({ ...options, schema: 'archived', archive });
    try {
      const chance = seededChance(1);
      const rows = Array.from({ length: 600 }, (_, index) =>
        sampleResult(chance, { check: 'web', plannedAtMs: START_MS + index * (DAY_MS / 100) }),
      );
      await store.results.append(rows);
      const policy = { rawMs: 1e12, minuteMs: 1e12, hourMs: 1e12 };
      assert.equal(await store.results.retain(policy, START_MS + 6 * DAY_MS), 400);
      const check = { namespace: 'default', check: 'web' };
      const all = { check, fromMs: 0, toMs: START_MS + 10 * DAY_MS };
      assert.deepEqual(await store.results.series(all), rows);
      const { rawRows, oldestMs } = await store.results.usage();
      assert.deepEqual([rawRows, oldestMs], [200, START_MS + 4 * DAY_MS]);
      assert.equal(await store.results.retain(policy, START_MS + 6 * DAY_MS), 0);
    } finally {
      await store.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps a day of which more came than its caller knows, and drops it afterwards', async () => {
    const options = { url: server.url, clock: systemClock, logger: silentLogger };
    const store = await openPostgresStore({ ...options, schema: 'late' });
    const chance = seededChance(1);
    const rows = Array.from({ length: 30 }, (_, index) =>
      sampleResult(chance, { check: 'web', plannedAtMs: START_MS + index * (DAY_MS / 10) }),
    );
    await store.results.append(rows);
    const policy = { rawMs: DAY_MS, minuteMs: 1e12, hourMs: 1e12 };
    const retain = (...days: [number, number][]) =>
      store.results.retain({ ...policy, rawDays: new Map(days) }, START_MS + 9 * DAY_MS);
    await assert.rejects(retain([START_MS, 9]), /some came late/);
    // Of older days there is something left that the caller did not name.
    await assert.rejects(retain([START_MS + DAY_MS, 10]), /some came late/);
    assert.equal(await retain(), 0);
    assert.equal((await store.results.usage()).rawRows, 30);
    const check = { namespace: 'default', check: 'web' };
    const all = { check, fromMs: 0, toMs: START_MS + 10 * DAY_MS };
    assert.deepEqual(await store.results.series(all), rows);
    assert.equal(await retain([START_MS, 10]), 10);
    assert.equal(await retain([START_MS + DAY_MS, 10], [START_MS + 2 * DAY_MS, 10]), 20);
    await store.close();
  });
});
