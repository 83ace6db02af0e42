// Reads header blocks (RFC 7541). The table of what the peer has named lives as long as the connection,
// so every block must be read, also one that nobody wants. Numbers, strings and the table are bounded,
// and no input makes it throw: a block is read whole, or the connection is of no more use.

import { HeaderTable } from './header-table.ts';
import { decodeHuffman } from './huffman.ts';

/** What we let the peer keep: the protocol's default, so that nothing has to be agreed. */
const TABLE_BYTES = 4096;
/** More bytes of a number than a block can be long. */
const NUMBER_BITS_MAX = 28;

export class HpackDecoder {
  readonly #table = new HeaderTable(TABLE_BYTES);
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Hands on each field in its order; what is wrong with the block, else undefined. */
  decode(block: Buffer, take: (name: string, value: string) => void): string | undefined {
    this.#block = block;
    this.#at = 0;
    let fields = 0;
    while (this.#at < block.length) {
      const first = block[this.#at] ?? 0;
      const resizes = first >= 0x20 && first < 0x40;
      if (resizes && fields > 0) return 'the table is resized within a header block';
      if (!resizes) fields += 1;
      const problem = resizes ? this.#resize() : this.#field(first, take);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #resize(): string | undefined {
    const bytes = this.#number(5);
    if (bytes === undefined || bytes > TABLE_BYTES) return 'the table is made larger than allowed';
    this.#table.resize(bytes);
    return undefined;
  }

  #field(first: number, take: (name: string, value: string) => void): string | undefined {
    if (first >= 0x80) {
      const known = this.#table.get(this.#number(7) ?? 0);
      if (known === undefined) return 'a field is referred to that was never named';
      take(...known);
      return undefined;
    }
    const kept = first >= 0x40;
    const number = this.#number(kept ? 6 : 4);
    const name = number === 0 ? this.#string() : this.#table.get(number ?? 0)?.[0];
    const value = name === undefined ? undefined : this.#string();
    if (name === undefined || value === undefined) return 'a field is cut off or wrongly encoded';
    if (kept) this.#table.add(name, value);
    take(name, value);
    return undefined;
  }

  #string(): string | undefined {
    const isHuffman = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#number(7);
    if (length === undefined || this.#at + length > this.#block.length) return undefined;
    const from = this.#at;
    this.#at += length;
    if (isHuffman) return decodeHuffman(this.#block.subarray(from, this.#at));
    return this.#block.toString('latin1', from, this.#at);
  }

  /** RFC 7541 section 5.1. */
  #number(prefixBits: number): number | undefined {
    const prefixMax = 2 ** prefixBits - 1;
    const byte = this.#block[this.#at];
    if (byte === undefined) return undefined;
    this.#at += 1;
    let value = byte & prefixMax;
    if (value < prefixMax) return value;
    for (let shift = 0; shift < NUMBER_BITS_MAX; shift += 7) {
      const next = this.#block[this.#at];
      if (next === undefined) return undefined;
      this.#at += 1;
      value += (next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    return undefined;
  }
}
