// Latency buckets as the columns that the chart draws. Absent buckets become rows of null, so that
// a gap is a gap; a bucket whose runs all failed has no latency either, and is marked instead.

import type { LatencyBucket, LatencySeries } from '@holdfast/resources/api';

export interface ChartRows {
  /** Seconds since 1970, the middle of each bucket. */
  atS: number[];
  p50Ms: (number | null)[];
  p95Ms: (number | null)[];
  p99Ms: (number | null)[];
  /** The bucket behind each row; null in a gap. */
  buckets: (LatencyBucket | null)[];
}

/** More rows than a screen has pixels would only cost; a series is cut there. */
const ROWS_MAX = 5000;

export function chartRows(series: LatencySeries): ChartRows {
  const rows: ChartRows = { atS: [], p50Ms: [], p95Ms: [], p99Ms: [], buckets: [] };
  const known = new Map(
    series.buckets.map((bucket) => [Math.round(bucket.startMs / series.stepMs), bucket]),
  );
  const first = Math.floor(series.fromMs / series.stepMs);
  const end = Math.min(Math.ceil(series.toMs / series.stepMs), first + ROWS_MAX);
  for (let place = first; place < end; place += 1) {
    const bucket = known.get(place) ?? null;
    rows.atS.push((place * series.stepMs + series.stepMs / 2) / 1000);
    rows.p50Ms.push(bucket?.p50Ms ?? null);
    rows.p95Ms.push(bucket?.p95Ms ?? null);
    rows.p99Ms.push(bucket?.p99Ms ?? null);
    rows.buckets.push(bucket);
  }
  return rows;
}

/** What a bucket is worth as one mark: the worst thing that happened in it; invalid only when nothing else did. */
export function bucketRun(bucket: LatencyBucket): 'up' | 'some' | 'down' | 'timeout' | 'invalid' {
  const bad = bucket.down + bucket.timeout;
  if (bad > 0 && bucket.up > 0) return 'some';
  if (bucket.down > 0) return 'down';
  if (bucket.timeout > 0) return 'timeout';
  return bucket.up > 0 ? 'up' : 'invalid';
}

/** Rows whose neighbours are gaps: a line cannot show them, so they get a point. */
export function lonePlaces(values: readonly (number | null)[]): number[] {
  const places: number[] = [];
  values.forEach((value, place) => {
    const alone = (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null;
    if (value !== null && alone) places.push(place);
  });
  return places;
}

/** Buckets on a chart at most: about one for each four pixels. */
const POINTS_MAX = 180;

/** Never finer than the check runs: every bucket between two runs would be a gap that is none. */
export function pointsFor(fromMs: number, toMs: number, intervalMs: number): number {
  return Math.max(
    2,
    Math.min(POINTS_MAX, Math.floor((toMs - fromMs) / Math.max(1000, intervalMs))),
  );
}
