// How many latencies of a sketch lie in each cell between given bounds, for heat maps. A sketch tells
// ranks, not cells, so each bound is found by halving; the ends are exact, the rest within 1 %.

import type { LatencySketch } from '@holdfast/kernel';

/** Cell i holds what is above bound i - 1 and not above bound i; the last holds the rest. */
export function latencyCells(sketch: LatencySketch, boundsMs: readonly number[]): number[] {
  const cells: number[] = [];
  let below = 0;
  for (const boundMs of boundsMs) {
    const upTo = countUpTo(sketch, boundMs, below);
    cells.push(upTo - below);
    below = upTo;
  }
  return [...cells, sketch.count - below];
}

/** `least` is known to be no more than the answer. */
function countUpTo(sketch: LatencySketch, boundMs: number, least: number): number {
  if ((sketch.min ?? Number.POSITIVE_INFINITY) > boundMs) return 0;
  if ((sketch.max ?? Number.POSITIVE_INFINITY) <= boundMs) return sketch.count;
  let low = least;
  let high = sketch.count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (valueAt(sketch, middle) <= boundMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By rank from 0; half a rank more keeps rounding from telling the one before. */
function valueAt(sketch: LatencySketch, rank: number): number {
  const q = Math.min(1, (rank + 0.5) / Math.max(1, sketch.count - 1));
  return sketch.quantile(q) ?? Number.NaN;
}
