// Makes a Chance of any source of random 32-bit words, so that every source shares one way from
// words to numbers.

import type { Chance } from './chance.ts';

/** `nextWord` yields uniform unsigned 32-bit integers. */
export function uniform(nextWord: () => number): Chance {
  // 27 + 26 bits: every double of the form k / 2^53 is equally likely.
  const next = () => ((nextWord() >>> 5) * 2 ** 26 + (nextWord() >>> 6)) / 2 ** 53;
  return {
    next,
    // Some integers are more likely than others by less than below / 2^53: nothing at our sizes.
    integer: (below) => Math.floor(next() * checkedBelow(below)),
  };
}

function checkedBelow(below: number): number {
  if (Number.isSafeInteger(below) && below >= 1) return below;
  throw new RangeError(`A random integer needs a whole bound of at least 1, not ${below}`);
}
