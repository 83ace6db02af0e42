// The generator sfc32, "small fast counting" (Doty-Humphrey, PractRand): 128 bits of state, of which
// 32 count, so that no cycle is shorter than 2^32 words; 2^127 on average. Not for secrets.

/** Yields unsigned 32-bit words. The first dozen still show the seed: whoever seeds it skips them. */
export function sfc32(seedA: number, seedB: number, seedC: number): () => number {
  let a = seedA | 0;
  let b = seedB | 0;
  let c = seedC | 0;
  let counter = 1;
  return () => {
    const word = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    return word >>> 0;
  };
}
