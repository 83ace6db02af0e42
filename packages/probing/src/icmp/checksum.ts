// The Internet checksum (RFC 1071): the one's complement of the one's complement sum of all 16-bit
// words, an odd last byte padded with zero. A packet that holds its own right checksum sums to 0.

/** Of `bytes[start, end)`; 0 … 0xffff. */
export function internetChecksum(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  const evenEnd = end - ((end - start) & 1);
  // At most 65,535 bytes make a sum far below 2^53: the carries are folded in at the end.
  for (let at = start; at < evenEnd; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  }
  if (evenEnd < end) sum += (bytes[evenEnd] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
