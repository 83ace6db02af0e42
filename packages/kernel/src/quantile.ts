// The exact quantile of numbers that are all at hand; for streams there is LatencySketch.

/**
 * The q-quantile (0 <= q <= 1, else RangeError) of ascending numbers, interpolated between the two
 * nearest: type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996). Undefined
 * when there are none.
 */
export function quantileOf(sorted: readonly number[], q: number): number | undefined {
  const rank = checkedQuantile(q) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)];
  const above = sorted[Math.ceil(rank)];
  if (below === undefined || above === undefined) return undefined;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** Returns q when it lies in [0, 1], else throws a RangeError. */
export function checkedQuantile(q: number): number {
  if (q >= 0 && q <= 1) return q;
  throw new RangeError(`A quantile lies between 0 and 1, not at ${q}`);
}
