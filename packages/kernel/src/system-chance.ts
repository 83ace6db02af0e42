// The machine's own chance, fit for ids and tokens. Words are fetched in batches, because one call
// costs about as much as a thousand words.

import type { Chance } from './chance.ts';
import { uniform } from './uniform.ts';

/** 4 KiB, one page: far below the 64 KiB that one call may ask for. */
const BATCH_WORDS = 1_024;

const batch = new Uint32Array(BATCH_WORDS);
let used = BATCH_WORDS;

export const systemChance: Chance = uniform(() => {
  if (used === BATCH_WORDS) {
    crypto.getRandomValues(batch);
    used = 0;
  }
  const word = batch[used] ?? 0;
  // A word that was handed out must not be found in memory later.
  batch[used] = 0;
  used += 1;
  return word;
});
