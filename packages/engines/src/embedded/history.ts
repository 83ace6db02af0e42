// The transactions that watches may still ask for, in order, without gaps. Bounded by count, age and
// bytes: the last `revisions` and those of the last `ageMs` are kept as long as the bytes suffice.

import { keyOf, type Transition } from './effect.ts';

export interface HistoryBounds {
  /** At least 1. */
  revisions: number;
  ageMs: number;
  bytes: number;
}

/** Compacting a tenth at a time costs little per transaction. */
const SLACK = 1.1;
/** What a transaction and a change take beside key and value, about. */
const ITEM_BYTES = 200;

interface Item {
  transition: Transition;
  atMs: number;
  bytes: number;
}

export class History {
  readonly #bounds: HistoryBounds;
  readonly #items: Item[] = [];
  #bytes = 0;

  constructor(bounds: HistoryBounds) {
    this.#bounds = bounds;
  }

  push(transition: Transition, atMs: number): void {
    const bytes = transition.changes.reduce((sum, change) => {
      const value = change.type === 'put' ? change.entry.value.length : 0;
      return sum + ITEM_BYTES + keyOf(change).length + value;
    }, ITEM_BYTES);
    this.#bytes += bytes;
    this.#items.push({ transition, atMs, bytes });
  }

  /** The transaction of that revision, while it is kept. */
  at(revision: bigint): Transition | undefined {
    const first = this.#items[0];
    if (first === undefined || revision < first.transition.revision) return undefined;
    return this.#items[Number(revision - first.transition.revision)]?.transition;
  }

  /** Takes out what came before `revision`. */
  forgetBefore(revision: bigint): Transition[] {
    const first = this.#items[0]?.transition.revision;
    if (first === undefined || revision <= first) return [];
    const forgotten = this.#items.splice(0, Number(revision - first));
    for (const { bytes } of forgotten) this.#bytes -= bytes;
    return forgotten.map(({ transition }) => transition);
  }

  /** The revision to compact to, once it is worth while. The newest is always kept. */
  surplus(nowMs: number): bigint | undefined {
    const { revisions, ageMs, bytes } = this.#bounds;
    const items = this.#items;
    const oldest = items[0];
    const isLong =
      items.length > revisions * SLACK &&
      oldest !== undefined &&
      nowMs - oldest.atMs >= ageMs * SLACK;
    if (!isLong && this.#bytes <= bytes * SLACK) return undefined;
    let left = this.#bytes;
    let place = 0;
    for (; place < items.length - 1; place += 1) {
      const item = items[place] as Item;
      const isOld = items.length - place > revisions && nowMs - item.atMs >= ageMs;
      if (!isOld && left <= bytes) break;
      left -= item.bytes;
    }
    return items[place]?.transition.revision;
  }
}
