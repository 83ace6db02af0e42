// How English bends its words by number.

/** Exact, with separators. */
export const n = (count: number): string => count.toLocaleString('en-GB');

export const plural = (count: number, one: string, many: string): string =>
  count === 1 ? one : many;
