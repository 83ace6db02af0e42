// Chance that repeats: one seed, one sequence, on every machine and for ever, so that a failing run
// can be played again. Never for ids or secrets: whoever sees some of it can tell the rest.

import type { Chance } from './chance.ts';
import { mix32 } from './mix32.ts';
import { sfc32 } from './sfc32.ts';
import { uniform } from './uniform.ts';

/** Enough that seeds which differ in one bit have nothing left in common. */
const WARM_UP_WORDS = 16;

/** sfc32, its state filled from the seed's low 32 bits by splitmix32 (Steele, Lea, Flood 2014). */
export function seededChance(seed: number): Chance {
  const seedWord = splitmix32(seed);
  const nextWord = sfc32(seedWord(), seedWord(), seedWord());
  for (let i = 0; i < WARM_UP_WORDS; i += 1) nextWord();
  return uniform(nextWord);
}

/** Steps by 2^32 divided by the golden ratio, which visits every state; the mix hides the steps. */
function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix32(state);
  };
}
