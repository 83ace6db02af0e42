// How latencies were spread, column by column in time: two humps of a service show as two bands where
// a line of percentiles shows neither. Rows are chosen from the data, so that each tells something.

import type { Results, Rollup } from '@holdfast/engines/results';
import type { HeatMap } from '@holdfast/resources/api';
import type { CheckReference } from '@holdfast/resources/result';
import { type ChartRange, stepFor } from './latency-buckets.ts';

/** Rows, the one above the last bound included. */
const ROWS = 24;
const MINUTE_MS = 60_000;
/** A millionth of a second: nothing is faster, and logarithms need a beginning. */
const FASTEST_MS = 0.001;
/** Latencies that hardly differ get rows this far around them. */
const SPREAD_MIN = 2;

export async function heatMap(
  results: Pick<Results, 'rollups' | 'distribution'>,
  check: CheckReference,
  range: ChartRange,
): Promise<HeatMap> {
  const stepMs = stepFor(range, MINUTE_MS);
  const query = { check, fromMs: range.fromMs, toMs: range.toMs, stepMs };
  const boundsMs = boundsFor(await results.rollups(query));
  const columns = await results.distribution({ ...query, boundsMs });
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  return { fromMs, toMs: range.toMs, stepMs, boundsMs, columns };
}

/** Equal steps of the logarithm from the fastest to the slowest, at two digits; ascending, at least one. */
export function boundsFor(rollups: readonly Pick<Rollup, 'latency'>[]): number[] {
  const known = rollups.flatMap(({ latency }) => (latency === undefined ? [] : [latency]));
  if (known.length === 0) return [1];
  let lowMs = Math.max(FASTEST_MS, Math.min(...known.map(({ minMs }) => minMs)));
  let highMs = Math.max(lowMs, ...known.map(({ maxMs }) => maxMs));
  if (highMs < lowMs * SPREAD_MIN) {
    const middleMs = Math.sqrt(lowMs * highMs);
    lowMs = middleMs / SPREAD_MIN;
    highMs = middleMs * SPREAD_MIN;
  }
  const bounds = Array.from({ length: ROWS - 1 }, (_, row) =>
    Number((lowMs * (highMs / lowMs) ** ((row + 1) / ROWS)).toPrecision(2)),
  );
  return [...new Set(bounds)];
}
