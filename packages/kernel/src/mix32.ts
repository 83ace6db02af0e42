// Spreads what is in 32 bits over all of them; hashing and seeding share it.

/**
 * The finishing mix of MurmurHash3 (Appleby, 2011): every bit of the input changes about half the
 * bits of the unsigned 32-bit result, and no two inputs share one. It must never change: hashes and
 * seeded chance rest on it.
 */
export function mix32(bits: number): number {
  const first = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}
