// The part of a spool that is in memory: numbered texts in order, with their bytes counted. It only
// says how full it is; its owner decides what goes.

import type { NumberedText } from './segment-folder.ts';

export interface WaitingText extends NumberedText {
  bytes: number;
  /** Of `Clock.nowMs`. */
  atMs: number;
}

/** Room made at the front is given back in pieces, or each drop would move all that follow. */
const HOLE_MAX = 1_000;

export class MemoryWindow {
  readonly #bounds: { bytesMax: number; countMax: number };
  /** Ascending by number; the first `#hole` are gone. */
  #items: (WaitingText | undefined)[] = [];
  #hole = 0;
  #bytes = 0;

  constructor(bounds: { bytesMax: number; countMax: number }) {
    this.#bounds = bounds;
  }

  get count(): number {
    return this.#items.length - this.#hole;
  }

  /** Above 1 it is too full. */
  get fill(): number {
    return Math.max(this.#bytes / this.#bounds.bytesMax, this.count / this.#bounds.countMax);
  }

  get first(): WaitingText | undefined {
    return this.#items[this.#hole];
  }

  get last(): WaitingText | undefined {
    return this.#items.at(-1);
  }

  push(item: WaitingText): void {
    this.#items.push(item);
    this.#bytes += item.bytes;
  }

  shift(): void {
    const { first } = this;
    if (first === undefined) return;
    this.#bytes -= first.bytes;
    this.#items[this.#hole] = undefined;
    this.#hole += 1;
    if (this.#hole < HOLE_MAX && this.count > 0) return;
    this.#items = this.#items.slice(this.#hole);
    this.#hole = 0;
  }

  dropThrough(number: number): void {
    while ((this.first?.number ?? Number.POSITIVE_INFINITY) <= number) this.shift();
  }

  oldest(max: number): WaitingText[] {
    return this.#items.slice(this.#hole, this.#hole + max) as WaitingText[];
  }

  /** Ascending. */
  after(number: number): WaitingText[] {
    return this.#items.slice(this.#placeAfter(number)) as WaitingText[];
  }

  firstAfter(number: number): WaitingText | undefined {
    return this.#items[this.#placeAfter(number)];
  }

  /** Binary search: it is asked at each push. */
  #placeAfter(number: number): number {
    let low = this.#hole;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#items[middle]?.number ?? 0) > number) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
