// Keys in order, in blocks of bounded length, so that adding or removing one among many moves only
// its neighbours. No key is in it twice.

import { compareKeys } from './key-order.ts';

const BLOCK_KEYS_MAX = 512;

export class SortedKeys {
  /** None empty; the last key of each stands before the first of the next. */
  readonly #blocks: string[][] = [];

  add(key: string): void {
    const blocks = this.#blocks;
    if (blocks.length === 0) {
      blocks.push([key]);
      return;
    }
    const index = Math.min(this.#blockOf(key), blocks.length - 1);
    const block = blocks[index] as string[];
    const place = placeOf(block, key);
    if (block[place] === key) return;
    block.splice(place, 0, key);
    if (block.length > BLOCK_KEYS_MAX)
      blocks.splice(index + 1, 0, block.splice(BLOCK_KEYS_MAX / 2));
  }

  remove(key: string): void {
    const index = this.#blockOf(key);
    const block = this.#blocks[index];
    if (block === undefined) return;
    const place = placeOf(block, key);
    if (block[place] !== key) return;
    block.splice(place, 1);
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  /** Those that begin with `prefix`, ascending. Must not be changed meanwhile. */
  *withPrefix(prefix: string): Generator<string> {
    let index = this.#blockOf(prefix);
    let place = placeOf(this.#blocks[index] ?? [], prefix);
    for (; index < this.#blocks.length; index += 1, place = 0) {
      const block = this.#blocks[index] as string[];
      for (; place < block.length; place += 1) {
        const key = block[place] as string;
        if (!key.startsWith(prefix)) return;
        yield key;
      }
    }
  }

  /** The first block whose last key does not stand before `key`. */
  #blockOf(key: string): number {
    return firstPlace(this.#blocks.length, (index) => {
      const last = this.#blocks[index]?.at(-1);
      return last !== undefined && compareKeys(last, key) < 0;
    });
  }
}

/** Where `key` stands in the block or would have to. */
function placeOf(block: readonly string[], key: string): number {
  return firstPlace(block.length, (index) => compareKeys(block[index] as string, key) < 0);
}

/** The first index in [0, length] that is not before, where all that are before come first. */
function firstPlace(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
