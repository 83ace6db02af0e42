// How many full HTTPS results a second the SQLite engine takes, their size on disk, and how long the
// common questions take then. Seeded. Run: node packages/engines/src/results/results.bench.ts [rows] [checks]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import { openSqliteStore } from '../sqlite/open-store.ts';
import type { Results } from './results.ts';
import { sampleResult } from './sample-results.ts';

const ROWS = Number(process.argv[2] ?? 200_000);
const CHECKS = Number(process.argv[3] ?? 2_000);
const CHUNK_ROWS = 40_000;
const APPEND_ROWS = 500;
const INTERVAL_MS = 30_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);

/** Making the samples is not part of what is measured. */
async function appendAll(results: Results): Promise<number> {
  const chance = seededChance(1);
  let spentMs = 0;
  for (let row = 0; row < ROWS; row += CHUNK_ROWS) {
    const chunk = Array.from({ length: Math.min(CHUNK_ROWS, ROWS - row) }, (_, i) =>
      sampleResult(chance, {
        check: `check-${(row + i) % CHECKS}`,
        plannedAtMs:
          START_MS + Math.floor((row + i) / CHECKS) * INTERVAL_MS + ((row + i) % CHECKS) * 15,
        failing: 0.01,
      }),
    );
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

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const store = await openSqliteStore({
  path: join(folder, 'results.db'),
  clock: systemClock,
  logger: silentLogger,
  queueMax: CHUNK_ROWS,
});
const { results } = store;
try {
  const spentMs = await appendAll(results);
  const range = { fromMs: START_MS, toMs: START_MS + 24 * HOUR_MS };
  const check = { namespace: 'default', check: 'check-7' };
  console.log(
    `append: ${Math.round((ROWS / spentMs) * 1000)} rows/s (${ROWS} rows, ${CHECKS} checks)`,
  );
  const usage = await results.usage();
  console.log(`size with log: ${(usage.bytes / usage.rawRows).toFixed(0)} bytes/row`);
  await timed('latest of all × 60', () => results.latest({ perCheck: 60 }));
  await timed('latest of all × 1', () => results.latest({}));
  await timed('series of one, 1,000', () => results.series({ check, ...range }));
  await timed('rollups of one, by minute', () =>
    results.rollups({ check, ...range, stepMs: 60_000 }),
  );
  await timed('rollups of all, by day', () => results.rollups({ ...range, stepMs: 24 * HOUR_MS }));
  const begunMs = performance.now();
  const policy = { rawMs: 0, minuteMs: HOUR_MS, hourMs: HOUR_MS };
  const deleted = await results.retain(policy, START_MS + ((ROWS / CHECKS) * INTERVAL_MS) / 2);
  console.log(`retain: ${deleted} rows in ${(performance.now() - begunMs).toFixed(0)} ms`);
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}
