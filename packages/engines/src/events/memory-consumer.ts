// A consumer of a group in memory, as an iterator written by hand: a generator would cost a turn
// more per event. It ends when its signal aborts; what it holds then goes to others in time.

import { type CheckedConsume, usage } from './checked-event.ts';
import type { Holder, MemoryDelivery } from './delivery-list.ts';
import type { Delivery } from './events.ts';
import type { MemoryGroup } from './memory-group.ts';

const END = { value: undefined, done: true } as const;

export class MemoryConsumer implements AsyncIterableIterator<Delivery>, Holder {
  readonly options: CheckedConsume;
  readonly #group: MemoryGroup;
  readonly #signal: AbortSignal;
  readonly #onEnd: (consumer: MemoryConsumer) => void;
  readonly #end = () => this.end();
  /** Delivered, not acknowledged, and not abandoned. */
  held = 0;
  #hand: ((result: IteratorResult<Delivery>) => void) | undefined;
  #ended = false;

  constructor(
    group: MemoryGroup,
    options: CheckedConsume,
    signal: AbortSignal,
    onEnd: (consumer: MemoryConsumer) => void,
  ) {
    this.#group = group;
    this.options = options;
    this.#signal = signal;
    this.#onEnd = onEnd;
    signal.addEventListener('abort', this.#end, { once: true });
  }

  get isFull(): boolean {
    return this.held >= this.options.unacknowledgedMax;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Delivery>> {
    if (this.#ended || this.#signal.aborted) return Promise.resolve(END);
    if (this.#hand !== undefined) return Promise.reject(oneAtATime());
    const delivery = this.#group.take(this);
    if (delivery !== undefined) return Promise.resolve({ value: delivery, done: false });
    return new Promise((resolve) => {
      this.#hand = resolve;
      this.#group.wait(this);
    });
  }

  return(): Promise<IteratorResult<Delivery>> {
    this.end();
    return Promise.resolve(END);
  }

  /** Only while it waits. */
  hand(delivery: MemoryDelivery): void {
    const hand = this.#hand;
    this.#hand = undefined;
    hand?.({ value: delivery, done: false });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal.removeEventListener('abort', this.#end);
    this.#group.leave(this);
    this.#hand?.(END);
    this.#hand = undefined;
    this.#onEnd(this);
  }
}

export function oneAtATime(): Error {
  return usage(
    'The next event was asked for while the one before was awaited',
    'Wait for each, as `for await` does.',
  );
}
