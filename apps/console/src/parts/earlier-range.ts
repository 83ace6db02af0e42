// An earlier range laid under the present one: as long, and back by so much that row stands under
// row. The URL says which (`compare=previous|1d|7d`). Pure; a gap of then is a gap.

import type { LatencySeries } from '@holdfast/resources/api';
import type { ChartRows } from './chart-rows.ts';

export const COMPARISONS = ['previous', '1d', '7d'] as const;
export type Comparison = (typeof COMPARISONS)[number];

const DAY_MS = 86_400_000;

export interface EarlierRows {
  /** How long before the present range, in ms. */
  backMs: number;
  p50Ms: (number | null)[];
  p95Ms: (number | null)[];
}

export function parseComparison(search: URLSearchParams): Comparison | undefined {
  const named = search.get('compare');
  return COMPARISONS.find((comparison) => comparison === named);
}

/** How far back, in ms; `previous` is the range that ended where this one begins. */
export function backOf(comparison: Comparison, span: { fromMs: number; toMs: number }): number {
  if (comparison === 'previous') return span.toMs - span.fromMs;
  return comparison === '1d' ? DAY_MS : 7 * DAY_MS;
}

/** Each bucket of then under the row that its moment falls into, `backMs` later. */
export function earlierRows(rows: ChartRows, then: LatencySeries, backMs: number): EarlierRows {
  const { stepMs } = then;
  const firstMs = (rows.atS[0] ?? 0) * 1000;
  const places = new Map(
    then.buckets.map((bucket) => [
      Math.round((bucket.startMs + stepMs / 2 + backMs - firstMs) / stepMs),
      bucket,
    ]),
  );
  return {
    backMs,
    p50Ms: rows.atS.map((_, place) => places.get(place)?.p50Ms ?? null),
    p95Ms: rows.atS.map((_, place) => places.get(place)?.p95Ms ?? null),
  };
}
