// The one check that every bounded thing makes of its bound, so that a bad bound fails where it is
// given and not when it is first reached.

/** Returns `count` when it is a whole number of at least one, else throws a RangeError that names it. */
export function checkedCapacity(count: number, name: string): number {
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new RangeError(`${name} must be a whole number of at least 1, not ${count}`);
}
