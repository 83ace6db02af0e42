// The last `capacity` items seen, for histories that are looked at but not consumed. Older items
// are overwritten in silence; what must not be lost belongs into a BoundedQueue.

import { checkedCapacity } from './capacity.ts';

export class Ring<T> {
  readonly capacity: number;
  /** Grows up to `capacity`, then each push overwrites the oldest. */
  readonly #items: T[] = [];
  /** Where the next push writes: 0 <= next < capacity. */
  #next = 0;

  constructor(capacity: number) {
    this.capacity = checkedCapacity(capacity, 'The capacity of a ring');
  }

  get size(): number {
    return this.#items.length;
  }

  /** The item pushed last, or undefined when there is none. */
  get last(): T | undefined {
    return this.#items[(this.#next + this.capacity - 1) % this.capacity];
  }

  push(item: T): void {
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.capacity;
  }

  /** A copy, oldest first. */
  toArray(): T[] {
    if (this.#items.length < this.capacity) return [...this.#items];
    return [...this.#items.slice(this.#next), ...this.#items.slice(0, this.#next)];
  }
}
