// How many full HTTPS results a second the SQLite engine takes beside what the binding alone would,
// how long the common questions take, and what results take on disk. Seeded.
// Run: node packages/engines/src/results/results.bench.ts [rows] [checks]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { openSqliteStore } from '../sqlite/open-store.ts';
import type { Results } from './results.ts';
import { sampleResult } from './sample-results.ts';

const ROWS = Number(process.argv[2] ?? 200_000);
const CHECKS = Number(process.argv[3] ?? 2_000);
const CHUNK_ROWS = 40_000;
const APPEND_ROWS = 500;
const INTERVAL_MS = 30_000;
const SLOT_MS = 300_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 0, 1);
const FLOOR_TRANSACTION_ROWS = 10_000;
const FLOOR_BODY_BYTES = 170;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const chance = seededChance(1);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));

function runAt(index: number, checks: number, intervalMs: number): ProbeResult {
  const [round, check] = [Math.floor(index / checks), index % checks];
  const plannedAtMs = START_MS + round * intervalMs + check * Math.floor(INTERVAL_MS / checks);
  return sampleResult(chance, { check: `check-${check}`, plannedAtMs, failing: 0.01 });
}

/** Making the samples is not part of what is measured, nor is moving them to the old generation. */
async function appendAll(results: Results, rows: number, checks: number, intervalMs: number) {
  let spentMs = 0;
  for (let row = 0; row < rows; row += CHUNK_ROWS) {
    const length = Math.min(CHUNK_ROWS, rows - row);
    const chunk = Array.from({ length }, (_, i) => runAt(row + i, checks, intervalMs));
    collectGarbage();
    const begunMs = performance.now();
    const appends: Promise<unknown>[] = [];
    for (let at = 0; at < chunk.length; at += APPEND_ROWS)
      appends.push(results.append(chunk.slice(at, at + APPEND_ROWS)));
    await Promise.all(appends);
    spentMs += performance.now() - begunMs;
  }
  return spentMs;
}

async function timed(metric: string, ask: () => Promise<unknown[]>): Promise<void> {
  const times: number[] = [];
  let length = 0;
  for (let i = 0; i < 3; i += 1) {
    const begunMs = performance.now();
    length = (await ask()).length;
    times.push(performance.now() - begunMs);
  }
  const best = Math.min(...times).toFixed(1);
  console.log(
    `${metric}: ${best} ms at best of 3, first ${times[0]?.toFixed(1)} ms (${length} items)`,
  );
}

async function withStore(name: string, body: (results: Results) => Promise<void>): Promise<void> {
  const path = join(folder, `${name}.db`);
  const options = { path, clock: systemClock, logger: silentLogger, queueMax: CHUNK_ROWS };
  const store = await openSqliteStore(options);
  try {
    await body(store.results);
  } finally {
    await store.close();
  }
}

async function measureAppends(results: Results): Promise<void> {
  const spentMs = await appendAll(results, ROWS, CHECKS, INTERVAL_MS);
  const perSecond = Math.round((ROWS / spentMs) * 1000);
  const ratio = (perSecond / floorPerSecond()).toFixed(2);
  console.log(`append: ${perSecond} rows/s (${ROWS} rows, ${CHECKS} checks), ${ratio} × floor`);
  const range = { fromMs: START_MS, toMs: START_MS + DAY_MS };
  const check = { namespace: 'default', check: 'check-7' };
  await timed('latest of all × 60', () => results.latest({ perCheck: 60 }));
  await timed('latest of all × 1', () => results.latest({}));
  await timed('rollups of one, by minute', () =>
    results.rollups({ check, ...range, stepMs: 60_000 }),
  );
  await timed('rollups of all, by day', () => results.rollups({ ...range, stepMs: DAY_MS }));
  const begunMs = performance.now();
  const policy = { rawMs: 0, minuteMs: HOUR_MS, hourMs: HOUR_MS };
  const deleted = await results.retain(policy, START_MS + ((ROWS / CHECKS) * INTERVAL_MS) / 2);
  console.log(`retain: ${deleted} rows in ${(performance.now() - begunMs).toFixed(0)} ms`);
}

/** Bare inserts of equal bytes by the same key, in this thread: what SQLite and its binding take. */
function floorPerSecond(): number {
  const database = new DatabaseSync(join(folder, 'floor.db'));
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE results (slot, check_id, planned_ms, location_id, attempt, status, total_ms,
      template_id, body,
      PRIMARY KEY (slot, check_id, planned_ms, location_id, attempt)) WITHOUT ROWID`);
  const insert = database.prepare('INSERT INTO results VALUES (?, ?, ?, 1, 0, 0, 90.125, 1, ?)');
  const body = new Uint8Array(FLOOR_BODY_BYTES).fill(97);
  const begunMs = performance.now();
  for (let row = 0; row < ROWS; row += FLOOR_TRANSACTION_ROWS) {
    database.exec('BEGIN');
    for (let at = row; at < Math.min(ROWS, row + FLOOR_TRANSACTION_ROWS); at += 1) {
      const plannedAtMs = START_MS + Math.floor(at / CHECKS) * INTERVAL_MS;
      insert.run(Math.floor(plannedAtMs / SLOT_MS), at % CHECKS, plannedAtMs, body);
    }
    database.exec('COMMIT');
  }
  const perSecond = Math.round((ROWS / (performance.now() - begunMs)) * 1000);
  database.close();
  console.log(`floor: ${perSecond} bare inserts/s`);
  return perSecond;
}

/** A day of twenty checks, in the small transactions of real life. */
async function measureDay(results: Results): Promise<void> {
  const [checks, rows] = [20, (20 * DAY_MS) / INTERVAL_MS];
  for (let row = 0; row < rows; row += checks) {
    const round = Array.from({ length: checks }, (_, i) => runAt(row + i, checks, INTERVAL_MS));
    await results.append(round);
  }
  const range = { fromMs: START_MS, toMs: START_MS + DAY_MS };
  const check = { namespace: 'default', check: 'check-7' };
  await timed('raw day of one', () => results.series({ check, ...range, limit: 10_000 }));
  await timed('latency by code, a day of one', () => results.statusLatencies({ check, ...range }));
  const boundsMs = Array.from({ length: 30 }, (_, i) => 10 * 1.25 ** i);
  await timed('distribution, a day of one by 10 min × 31', () =>
    results.distribution({ check, ...range, stepMs: 600_000, boundsMs }),
  );
}

/** The tables of the day, per row. */
function measureDisk(): void {
  const database = new DatabaseSync(join(folder, 'day.db'), { readOnly: true });
  const pages = database.prepare('SELECT sum(pgsize) AS bytes FROM dbstat WHERE name IN (?, ?)');
  for (const [table, beside] of [
    ['results', 'templates'],
    ['minutes', ''],
    ['hours', ''],
  ] as const) {
    const rows = Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
    const bytes = Number(pages.get(table, beside)?.bytes);
    console.log(`disk, ${table}: ${(bytes / rows).toFixed(0)} bytes/row (${rows} rows)`);
  }
  database.close();
}

async function measureOverview(results: Results): Promise<void> {
  const [checks, everyMs] = [1_000, HOUR_MS / 4];
  await appendAll(results, (checks * DAY_MS) / everyMs, checks, everyMs);
  const range = { fromMs: START_MS, toMs: START_MS + DAY_MS };
  await timed('overview of 1,000 by day', () => results.rollups({ ...range, stepMs: DAY_MS }));
  await timed('overview of 1,000 by hour', () => results.rollups({ ...range, stepMs: HOUR_MS }));
}

try {
  await withStore('append', measureAppends);
  await withStore('day', measureDay);
  measureDisk();
  await withStore('overview', measureOverview);
} finally {
  rmSync(folder, { recursive: true });
}
