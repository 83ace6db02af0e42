// Deliveries of a group in memory, as a chain in which each knows its neighbours: an acknowledgement
// takes one out of the middle without a search and without allocation. A delivery lies in one list
// at most.

import type { Delivery, StreamEvent } from './events.ts';
import { positionOf } from './memory-stream.ts';

/** Whoever gave it keeps the books. */
interface Giver {
  acknowledge(delivery: MemoryDelivery): void;
}

/** What a consumer has in hand. */
export interface Holder {
  held: number;
}

const DONE = Promise.resolve();

export class MemoryDelivery implements Delivery {
  readonly event: StreamEvent;
  readonly number: number;
  readonly attempt: number;
  /** Monotonic. */
  readonly deliveredAtMs: number;
  readonly holder: Holder;
  readonly #giver: Giver;
  /** Absent once it is acknowledged, set aside or delivered anew. */
  list: DeliveryList | undefined;
  /** The delivery that came after this one was abandoned. */
  successor: MemoryDelivery | undefined;
  before: MemoryDelivery | undefined;
  after: MemoryDelivery | undefined;

  constructor(
    giver: Giver,
    holder: Holder,
    event: StreamEvent,
    number: number,
    attempt: number,
    deliveredAtMs: number,
  ) {
    this.#giver = giver;
    this.holder = holder;
    this.event = event;
    this.number = number;
    this.attempt = attempt;
    this.deliveredAtMs = deliveredAtMs;
    this.list = undefined;
    this.successor = undefined;
    this.before = undefined;
    this.after = undefined;
  }

  get position(): string {
    return positionOf(this.number);
  }

  ack(): Promise<void> {
    this.#giver.acknowledge(this);
    return DONE;
  }
}

export class DeliveryList {
  #head: MemoryDelivery | undefined;
  #tail: MemoryDelivery | undefined;
  #size = 0;

  get head(): MemoryDelivery | undefined {
    return this.#head;
  }

  get size(): number {
    return this.#size;
  }

  push(delivery: MemoryDelivery): void {
    delivery.list = this;
    delivery.before = this.#tail;
    if (this.#tail === undefined) this.#head = delivery;
    else this.#tail.after = delivery;
    this.#tail = delivery;
    this.#size += 1;
  }

  remove(delivery: MemoryDelivery): void {
    const { before, after } = delivery;
    if (before === undefined) this.#head = after;
    else before.after = after;
    if (after === undefined) this.#tail = before;
    else after.before = before;
    delivery.list = undefined;
    delivery.before = undefined;
    delivery.after = undefined;
    this.#size -= 1;
  }

  /** The lowest number in it; Infinity when it is empty. */
  lowest(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (let each = this.#head; each !== undefined; each = each.after)
      lowest = Math.min(lowest, each.number);
    return lowest;
  }
}
