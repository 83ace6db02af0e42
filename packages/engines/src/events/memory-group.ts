// A group of consumers on one stream in memory. What is delivered waits in `pending`, in order of
// delivery; what was not acknowledged in time moves to `abandoned` and goes to whoever asks next. An
// event leaves the group only by an acknowledgement, by being set aside, or by being trimmed.

import type { Clock, Timer } from '@holdfast/kernel';
import { DeliveryList, MemoryDelivery } from './delivery-list.ts';
import type { StreamEvent, StreamLag } from './events.ts';
import type { MemoryConsumer } from './memory-consumer.ts';
import type { Follower, MemoryStream } from './memory-stream.ts';

export type SetAside = (event: StreamEvent, group: string, attempts: number) => void;

export class MemoryGroup implements Follower {
  readonly name: string;
  readonly #stream: MemoryStream;
  readonly #clock: Clock;
  readonly #setAside: SetAside;
  readonly #pending = new DeliveryList();
  readonly #abandoned = new DeliveryList();
  /** Those who wait for a delivery, the longest first. */
  readonly #idle = new Set<MemoryConsumer>();
  /** Number of the next event that the group has not seen. */
  #next: number;
  #missed = 0;
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(
    name: string,
    stream: MemoryStream,
    next: number,
    surroundings: { clock: Clock; setAside: SetAside },
  ) {
    this.name = name;
    this.#stream = stream;
    this.#next = next;
    this.#clock = surroundings.clock;
    this.#setAside = surroundings.setAside;
  }

  /** What is for this consumer now. */
  take(consumer: MemoryConsumer): MemoryDelivery | undefined {
    const nowMs = this.#clock.nowMs();
    if (this.#pending.head !== undefined) this.#abandon(nowMs - consumer.options.claimAfterMs);
    if (consumer.isFull) return undefined;
    if (this.#abandoned.head !== undefined) {
      const again = this.#redeliver(consumer, nowMs);
      if (again !== undefined) return again;
    }
    const first = this.#stream.first;
    if (this.#next < first) {
      this.#missed += first - this.#next;
      this.#next = first;
    }
    if (this.#next > this.#stream.last) return undefined;
    const number = this.#next;
    this.#next += 1;
    return this.#deliver(consumer, this.#stream.at(number), number, 1, nowMs);
  }

  /** `consumer` waits to be handed a delivery. */
  wait(consumer: MemoryConsumer): void {
    this.#idle.add(consumer);
    this.#arm();
  }

  leave(consumer: MemoryConsumer): void {
    this.#idle.delete(consumer);
    if (this.#idle.size === 0) this.#disarm();
  }

  wake(): void {
    for (const consumer of this.#idle) {
      const delivery = this.take(consumer);
      if (delivery !== undefined) {
        this.#idle.delete(consumer);
        consumer.hand(delivery);
      } else if (!consumer.isFull) return;
    }
  }

  /** A delivery may be acknowledged late, when it was delivered anew already. */
  acknowledge(delivery: MemoryDelivery): void {
    let newest = delivery;
    while (newest.successor !== undefined) newest = newest.successor;
    const { list } = newest;
    if (list === undefined) return;
    list.remove(newest);
    if (list === this.#pending) newest.holder.held -= 1;
    if (this.#idle.size > 0) this.wake();
  }

  lag(): StreamLag {
    const { first, last } = this.#stream;
    const next = Math.max(this.#next, first);
    const oldest = Math.min(this.#pending.lowest(), this.#abandoned.lowest(), next);
    const lag: StreamLag = {
      waiting: last - next + 1,
      unacknowledged: this.#pending.size + this.#abandoned.size,
      missed: this.#missed + next - this.#next,
    };
    if (oldest <= last)
      lag.oldestMs = Math.max(0, this.#clock.wallMs() - this.#stream.publishedAtMs(oldest));
    return lag;
  }

  /** Lets go of what was delivered at `beforeMs` or earlier. */
  #abandon(beforeMs: number): void {
    for (
      let oldest = this.#pending.head;
      oldest !== undefined && oldest.deliveredAtMs <= beforeMs;
      oldest = this.#pending.head
    ) {
      this.#pending.remove(oldest);
      oldest.holder.held -= 1;
      this.#abandoned.push(oldest);
    }
  }

  #redeliver(consumer: MemoryConsumer, nowMs: number): MemoryDelivery | undefined {
    for (let oldest = this.#abandoned.head; oldest !== undefined; oldest = this.#abandoned.head) {
      this.#abandoned.remove(oldest);
      const { event, number, attempt } = oldest;
      if (number < this.#stream.first) this.#missed += 1;
      else if (attempt >= consumer.options.attemptsMax) this.#setAside(event, this.name, attempt);
      else {
        const again = this.#deliver(consumer, event, number, attempt + 1, nowMs);
        oldest.successor = again;
        return again;
      }
    }
    return undefined;
  }

  #deliver(
    consumer: MemoryConsumer,
    event: StreamEvent,
    number: number,
    attempt: number,
    nowMs: number,
  ): MemoryDelivery {
    const delivery = new MemoryDelivery(this, consumer, event, number, attempt, nowMs);
    this.#pending.push(delivery);
    consumer.held += 1;
    if (this.#timer === undefined) this.#arm();
    return delivery;
  }

  /** One timer for all who wait, for the moment when the oldest delivery counts as abandoned. */
  #arm(): void {
    const oldest = this.#pending.head;
    if (oldest === undefined || this.#idle.size === 0) return;
    let claimAfterMs = Number.POSITIVE_INFINITY;
    for (const { options } of this.#idle)
      claimAfterMs = Math.min(claimAfterMs, options.claimAfterMs);
    const dueMs = oldest.deliveredAtMs + claimAfterMs;
    if (dueMs >= this.#timerDueMs) return;
    this.#disarm();
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.after(Math.max(1, dueMs - this.#clock.nowMs()), () => {
      this.#disarm();
      this.#abandon(this.#clock.nowMs() - claimAfterMs);
      this.wake();
      this.#arm();
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
  }
}
