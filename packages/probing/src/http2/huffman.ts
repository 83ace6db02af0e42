// Reads strings in the Huffman code of HPACK (RFC 7541 section 5.2 and appendix B). The code is
// canonical: from the lengths alone, in the order of the symbols, all codes follow. Whatever the bytes
// are, reading ends and gives a text or nothing; it must never give a guess.

/** In bits, by symbol; the last is the end of the string, which must not occur. */
const CODE_LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const END_OF_STRING = 256;
const SHORTEST = 5;
const LONGEST = 30;
/** What fills the last byte is shorter than a byte (RFC 7541 section 5.2). */
const PADDING_BITS_MAX = 7;

/** Symbols by code: shorter codes first, then in their own order. */
const SYMBOLS: number[] = [];
/** By length: the least code of that length, how many there are, and where their symbols begin. */
const FIRST_CODE: number[] = [];
const COUNT: number[] = [];
const FIRST_AT: number[] = [];

for (let length = 0, code = 0; length <= LONGEST; length += 1) {
  code *= 2;
  FIRST_CODE.push(code);
  FIRST_AT.push(SYMBOLS.length);
  for (const [symbol, bits] of CODE_LENGTHS.entries()) if (bits === length) SYMBOLS.push(symbol);
  COUNT.push(SYMBOLS.length - (FIRST_AT[length] ?? 0));
  code += COUNT[length] ?? 0;
}

/** One character for each byte (latin1); undefined when it is no string in this code. */
export function decodeHuffman(bytes: Uint8Array): string | undefined {
  const out = Buffer.allocUnsafe(Math.floor((bytes.length * 8) / SHORTEST));
  let [used, code, length] = [0, 0, 0];
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      code = (code << 1) | ((byte >> bit) & 1);
      length += 1;
      const offset = code - (FIRST_CODE[length] ?? 0);
      if (offset >= (COUNT[length] ?? 0)) continue;
      const symbol = SYMBOLS[(FIRST_AT[length] ?? 0) + offset] ?? END_OF_STRING;
      if (symbol === END_OF_STRING) return undefined;
      out[used] = symbol;
      used += 1;
      [code, length] = [0, 0];
    }
  }
  const isPadding = length <= PADDING_BITS_MAX && code === 2 ** length - 1;
  return isPadding ? out.toString('latin1', 0, used) : undefined;
}
