// Latency as the server adds it up: buckets, heat map and quantiles by status, all from the runs that
// the fixtures would have had. A range with too many runs is sampled evenly.

import type {
  ClassLatency,
  CodeLatency,
  HeatMap,
  LatencySeries,
  StatusLatency,
} from '@holdfast/resources/api';
import { latencyBuckets, plannedTimes, quantile, type Run, runOf } from './fixture-runs.ts';
import type { FixtureCheck } from './fixture-world.ts';

const POINTS_MAX = 1000;
const RUNS_MAX = 4000;
const BOUNDS_PER_DECADE = 6;
const BOUND_MS_MIN = 0.1;
const BOUNDS = 36;
/** As the real server steps, so that buckets stay where they are while a chart moves. */
const STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600,
] as const;

export function latencyOf(
  check: FixtureCheck,
  query: URLSearchParams,
  nowMs: number,
): LatencySeries {
  const grid = gridOf(query, 'points', nowMs);
  const toMs = Math.min(grid.toMs, nowMs);
  return { ...grid, buckets: latencyBuckets(check, grid.fromMs, toMs, grid.stepMs) };
}

export function heatMapOf(check: FixtureCheck, query: URLSearchParams, nowMs: number): HeatMap {
  const grid = gridOf(query, 'columns', nowMs);
  const boundsMs = Array.from(
    { length: BOUNDS },
    (_, place) => BOUND_MS_MIN * 10 ** (place / BOUNDS_PER_DECADE),
  );
  const columns = new Map<number, HeatMap['columns'][number]>();
  for (const run of sampledRuns(check, grid.fromMs, Math.min(grid.toMs, nowMs))) {
    const startMs = Math.floor(run.plannedAtMs / grid.stepMs) * grid.stepMs;
    const counts = Array.from({ length: BOUNDS + 1 }, () => 0);
    const column = columns.get(startMs) ?? { startMs, counts, failed: 0 };
    columns.set(startMs, column);
    const cell = boundsMs.findIndex((bound) => run.totalMs <= bound);
    if (run.status === 'up')
      column.counts[cell < 0 ? BOUNDS : cell] = 1 + (column.counts[cell] ?? 0);
    else if (run.status !== 'invalid') column.failed += 1;
  }
  return { ...grid, boundsMs, columns: [...columns.values()] };
}

export function statusLatencyOf(
  check: FixtureCheck,
  query: URLSearchParams,
  nowMs: number,
): StatusLatency {
  const { fromMs, toMs } = gridOf(query, 'points', nowMs);
  const times = new Map<string, number[]>();
  for (const run of sampledRuns(check, fromMs, Math.min(toMs, nowMs))) {
    const code = codeOf(check, run);
    if (code !== undefined) times.set(code, [...(times.get(code) ?? []), run.totalMs]);
  }
  const codes = [...times]
    .map(([code, list]): CodeLatency => ({ code, class: classOf(code), ...quantiles(list) }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
  const names = [...new Set(codes.map((code) => code.class))];
  const goodMs = codes.find(({ class: name }) => name === '2xx' || name === 'ok')?.p90Ms;
  const classes = names.map((name): ClassLatency => {
    const of = codes
      .filter((code) => code.class === name)
      .flatMap(({ code }) => times.get(code) ?? []);
    const told = quantiles(of);
    const good = name === '2xx' || name === 'ok' || goodMs === undefined;
    return { class: name, ...told, ...(good ? {} : { offsetMs: told.p90Ms - goodMs }) };
  });
  return { fromMs, toMs, codes, classes };
}

function gridOf(
  query: URLSearchParams,
  parts: string,
  nowMs: number,
): { fromMs: number; toMs: number; stepMs: number } {
  const toMs = Number(query.get('to') ?? nowMs);
  const wantedFromMs = Number(query.get('from') ?? toMs - 3_600_000);
  const count = Math.max(1, Math.min(POINTS_MAX, Number(query.get(parts) ?? 240)));
  const stepS = STEPS_S.find((step) => step * 1000 >= (toMs - wantedFromMs) / count) ?? 86_400;
  const stepMs = stepS * 1000;
  return { fromMs: Math.floor(wantedFromMs / stepMs) * stepMs, toMs, stepMs };
}

function sampledRuns(check: FixtureCheck, fromMs: number, toMs: number): Run[] {
  const times = plannedTimes(check, fromMs, toMs);
  const every = Math.max(1, Math.ceil(times.length / RUNS_MAX));
  return times.filter((_, place) => place % every === 0).map((at) => runOf(check, at));
}

function codeOf(check: FixtureCheck, run: Run): string | undefined {
  if (check.kind !== 'http') return run.status === 'up' ? 'OK' : undefined;
  if (run.status === 'up') return '200';
  return run.fault?.code === 'SERVER_FAILED' ? '503' : undefined;
}

function classOf(code: string): string {
  return /^\d/.test(code) ? `${code.charAt(0)}xx` : 'ok';
}

function quantiles(list: readonly number[]): Omit<CodeLatency, 'code' | 'class'> {
  const sorted = [...list].sort((a, b) => a - b);
  return {
    runs: sorted.length,
    p50Ms: quantile(sorted, 0.5),
    p90Ms: quantile(sorted, 0.9),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? 0,
  };
}
