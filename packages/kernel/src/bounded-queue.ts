// A first-in first-out queue that never grows past its capacity: when it is full the oldest item is
// shed, handed back to the pusher and counted. It must never lose an item without saying so.

import { checkedCapacity } from './capacity.ts';

export class BoundedQueue<T> {
  readonly capacity: number;
  /** A circle: the oldest item is at `#head`, the rest follow. It grows with use, up to `capacity`. */
  readonly #items: (T | undefined)[] = [];
  /** 0 <= head < capacity. */
  #head = 0;
  /** 0 <= size <= capacity. */
  #size = 0;
  #shed = 0;

  constructor(capacity: number) {
    this.capacity = checkedCapacity(capacity, 'The capacity of a queue');
  }

  get size(): number {
    return this.#size;
  }

  /** How many items were shed since the start. */
  get shed(): number {
    return this.#shed;
  }

  /** Adds at the end. Returns the oldest item when it had to be shed for this one. */
  push(item: T): T | undefined {
    const full = this.#size === this.capacity;
    const oldest = full ? this.shift() : undefined;
    if (full) this.#shed += 1;
    this.#items[(this.#head + this.#size) % this.capacity] = item;
    this.#size += 1;
    return oldest;
  }

  /** Removes and returns the oldest item, or undefined when there is none. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#items[this.#head];
    // Let go of it, or the queue would keep it alive until the slot is used again.
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.capacity;
    this.#size -= 1;
    return item;
  }

  /** Removes and returns up to `max` items, oldest first. */
  take(max: number): T[] {
    const taken: T[] = [];
    while (taken.length < max && this.#size > 0) taken.push(this.shift() as T);
    return taken;
  }
}
