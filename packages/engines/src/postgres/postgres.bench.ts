// How many full HTTPS results a second one server process appends to PostgreSQL on this machine, what it
// costs on either side, how long the common questions take, and what a row takes on disk. Seeded.
// Run: node packages/engines/src/postgres/postgres.bench.ts [rows] [checks] [fsync]

import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import type { Results } from '../results/results.ts';
import { sampleResult } from '../results/sample-results.ts';
import { startPostgres } from '../testing/postgres-server.ts';
import { openPostgresStore } from './open-postgres-store.ts';

const ROWS = Number(process.argv[2] ?? 200_000);
const CHECKS = Number(process.argv[3] ?? 2_000);
const FSYNC = process.argv[4] === 'fsync';
const CHUNK_ROWS = 40_000;
const APPEND_ROWS = 500;
const INTERVAL_MS = 30_000;
const START_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
/** Of the kernel's clock in /proc/PID/stat. */
const TICK_MS = 10;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const chance = seededChance(1);

function runAt(index: number): ProbeResult {
  const [round, check] = [Math.floor(index / CHECKS), index % CHECKS];
  const plannedAtMs = START_MS + round * INTERVAL_MS + check * Math.floor(INTERVAL_MS / CHECKS);
  return sampleResult(chance, { check: `check-${check}`, plannedAtMs, failing: 0.01 });
}

/** CPU of PostgreSQL: of all its processes that live. */
function serverCpuMs(pid: number): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.reduce((sum, name) => sum + cpuMs(name, pid), 0);
}

function cpuMs(process: string, parent: number): number {
  try {
    const text = readFileSync(`/proc/${process}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const isServer = Number(process) === parent || fields[1] === parent;
    return isServer ? ((fields[11] ?? 0) + (fields[12] ?? 0)) * TICK_MS : 0;
  } catch {
    return 0;
  }
}

async function measureAppends(results: Results): Promise<void> {
  let [spentMs, ownMs, serverMs] = [0, 0, 0];
  for (let row = 0; row < ROWS; row += CHUNK_ROWS) {
    const length = Math.min(CHUNK_ROWS, ROWS - row);
    const chunk = Array.from({ length }, (_, i) => runAt(row + i));
    collectGarbage();
    const begunMs = performance.now();
    const [own, before] = [process.cpuUsage(), serverCpuMs(server.pid)];
    const appends: Promise<unknown>[] = [];
    for (let at = 0; at < chunk.length; at += APPEND_ROWS)
      appends.push(results.append(chunk.slice(at, at + APPEND_ROWS)));
    await Promise.all(appends);
    spentMs += performance.now() - begunMs;
    const used = process.cpuUsage(own);
    ownMs += (used.user + used.system) / 1000;
    serverMs += serverCpuMs(server.pid) - before;
  }
  const perRow = (ms: number) => `${((ms / ROWS) * 1000).toFixed(1)} µs/row`;
  console.log(`append: ${Math.round((ROWS / spentMs) * 1000)} rows/s (fsync ${FSYNC})`);
  console.log(`cpu: ${perRow(ownMs)} here, ${perRow(serverMs)} in PostgreSQL`);
}

async function timed(metric: string, ask: () => Promise<unknown[]>): Promise<void> {
  const times: number[] = [];
  let length = 0;
  for (let i = 0; i < 3; i += 1) {
    const begunMs = performance.now();
    length = (await ask()).length;
    times.push(performance.now() - begunMs);
  }
  console.log(`${metric}: ${Math.min(...times).toFixed(1)} ms at best of 3 (${length} items)`);
}

const server = await startPostgres({ fsync: FSYNC });
try {
  const store = await openPostgresStore({
    url: server.url,
    clock: systemClock,
    logger: silentLogger,
    queueMax: CHUNK_ROWS,
  });
  const { results } = store;
  await measureAppends(results);
  const { bytes, rawRows } = await results.usage();
  console.log(`disk: ${(bytes / rawRows).toFixed(0)} bytes a row with all rollups and indexes`);
  const range = { fromMs: START_MS, toMs: START_MS + DAY_MS };
  const check = { namespace: 'default', check: 'check-7' };
  await timed('latest of all × 60', () => results.latest({ perCheck: 60 }));
  await timed('latest of all × 1', () => results.latest({}));
  await timed('raw rows of one', () => results.series({ check, ...range, limit: 10_000 }));
  await timed('rollups of one, by minute', () =>
    results.rollups({ check, ...range, stepMs: 60_000 }),
  );
  await timed('rollups of all, by day', () => results.rollups({ ...range, stepMs: DAY_MS }));
  await store.close();
} finally {
  await server.close();
}
