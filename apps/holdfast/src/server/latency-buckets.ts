// Latency over time for one chart: short ranges from the raw runs, long ones from rollups. Buckets
// without a run are left out: a gap is a gap.

import assert from 'node:assert/strict';
import type { Results, Rollup } from '@holdfast/engines/results';
import { quantileOf } from '@holdfast/kernel';
import type { LatencyBucket, LatencySeries } from '@holdfast/resources/api';
import type { CheckReference, ProbeResult, Status } from '@holdfast/resources/result';

/** Up to here raw runs are charted: at one run a second they are 7,200. */
const RAW_RANGE_MS_MAX = 2 * 3_600_000;
const RAW_RUNS_MAX = 10_000;
const MINUTE_MS = 60_000;
/** Steps that divide an hour or a day, so that buckets stay where they are while a chart moves. */
const STEPS_MS = [
  1_000,
  2_000,
  5_000,
  10_000,
  15_000,
  30_000,
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  60 * MINUTE_MS,
  120 * MINUTE_MS,
  180 * MINUTE_MS,
  360 * MINUTE_MS,
  720 * MINUTE_MS,
  1_440 * MINUTE_MS,
] as const;

export interface ChartRange {
  fromMs: number;
  toMs: number;
  /** Buckets wanted at most. */
  points: number;
}

export async function latencySeries(
  results: Results,
  check: CheckReference,
  range: ChartRange,
): Promise<LatencySeries> {
  const raw = range.toMs - range.fromMs <= RAW_RANGE_MS_MAX;
  const stepMs = stepFor(range, raw ? 1_000 : MINUTE_MS);
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  const query = { check, fromMs, toMs: range.toMs };
  const buckets = raw
    ? bucketsOf(await results.series({ ...query, limit: RAW_RUNS_MAX, descending: true }), stepMs)
    : (await results.rollups({ ...query, stepMs })).map(bucketOfRollup);
  return { fromMs, toMs: range.toMs, stepMs, buckets };
}

export function stepFor(range: ChartRange, stepMsMin: number): number {
  const wantedMs = (range.toMs - range.fromMs) / range.points;
  const coarsest = STEPS_MS.at(-1) ?? MINUTE_MS;
  return STEPS_MS.find((stepMs) => stepMs >= wantedMs && stepMs >= stepMsMin) ?? coarsest;
}

export function bucketsOf(runs: readonly ProbeResult[], stepMs: number): LatencyBucket[] {
  const byStart = new Map<number, ProbeResult[]>();
  for (const run of runs) {
    const startMs = Math.floor(run.key.plannedAtMs / stepMs) * stepMs;
    const bucket = byStart.get(startMs);
    if (bucket === undefined) byStart.set(startMs, [run]);
    else bucket.push(run);
  }
  return [...byStart]
    .sort(([a], [b]) => a - b)
    .map(([startMs, those]) => bucketOfRuns(startMs, stepMs, those));
}

function bucketOfRuns(
  startMs: number,
  stepMs: number,
  runs: readonly ProbeResult[],
): LatencyBucket {
  const counts: Record<Status, number> = { up: 0, down: 0, timeout: 0, invalid: 0 };
  for (const run of runs) counts[run.status] += 1;
  const upMs = runs.filter((run) => run.status === 'up').map((run) => run.totalMs);
  upMs.sort((a, b) => a - b);
  const bucket = { startMs, stepMs, ...counts };
  if (upMs.length === 0) return bucket;
  return {
    ...bucket,
    minMs: quantile(upMs, 0),
    p50Ms: quantile(upMs, 0.5),
    p95Ms: quantile(upMs, 0.95),
    p99Ms: quantile(upMs, 0.99),
    maxMs: quantile(upMs, 1),
  };
}

function quantile(sortedMs: readonly number[], q: number): number {
  const valueMs = quantileOf(sortedMs, q);
  assert(valueMs !== undefined, 'a bucket with good runs has latencies');
  return valueMs;
}

function bucketOfRollup(rollup: Rollup): LatencyBucket {
  const { startMs, stepMs, counts, latency } = rollup;
  if (latency === undefined) return { startMs, stepMs, ...counts };
  const { minMs, p50Ms, p95Ms, p99Ms, maxMs } = latency;
  return { startMs, stepMs, ...counts, minMs, p50Ms, p95Ms, p99Ms, maxMs };
}
