import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LatencySeries } from '@holdfast/resources/api';
import { chartRows } from './chart-rows.ts';
import { backOf, COMPARISONS, earlierRows, parseComparison } from './earlier-range.ts';

const STEP_MS = 60_000;

function series(fromMs: number, count: number, p50: (place: number) => number): LatencySeries {
  const buckets = Array.from({ length: count }, (_, place) => ({
    startMs: fromMs + place * STEP_MS,
    stepMs: STEP_MS,
    up: 1,
    down: 0,
    timeout: 0,
    invalid: 0,
    p50Ms: p50(place),
    p95Ms: p50(place) * 2,
  }));
  return { fromMs, toMs: fromMs + count * STEP_MS, stepMs: STEP_MS, buckets };
}

test('what was measured then stands under the same place of now, gaps stay gaps', () => {
  const now = series(600_000_000, 10, (place) => place);
  const then = series(0, 10, (place) => 100 + place);
  then.buckets.splice(4, 1);
  const earlier = earlierRows(chartRows(now), then, 600_000_000);
  assert.deepEqual(earlier.p50Ms, [100, 101, 102, 103, null, 105, 106, 107, 108, 109]);
  assert.equal(earlier.p95Ms[9], 218);
});

test('a shift that is no whole number of steps goes to the nearest row', () => {
  const rows = chartRows(series(6_000_000, 3, () => 1));
  const then = series(0, 3, (place) => place);
  assert.deepEqual(earlierRows(rows, then, 6_000_000 + 20_000).p50Ms, [0, 1, 2]);
});

test('the URL names a comparison or none, and how far back it lies', () => {
  assert.equal(parseComparison(new URLSearchParams('compare=7d')), '7d');
  assert.equal(parseComparison(new URLSearchParams('compare=soon')), undefined);
  const span = { fromMs: 1000, toMs: 4000 };
  assert.deepEqual(
    COMPARISONS.map((comparison) => backOf(comparison, span)),
    [3000, 86_400_000, 604_800_000],
  );
});
