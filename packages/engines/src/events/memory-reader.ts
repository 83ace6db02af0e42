// Reads a stream in memory for one reader alone. A reader that is slower than the writers goes on at
// the oldest event that is kept.

import type { ReadItem } from './events.ts';
import { oneAtATime } from './memory-consumer.ts';
import { type Follower, type MemoryStream, positionOf } from './memory-stream.ts';

const END = { value: undefined, done: true } as const;

export class MemoryReader implements AsyncIterableIterator<ReadItem>, Follower {
  readonly #stream: MemoryStream;
  readonly #signal: AbortSignal;
  /** Number of the last event to read. */
  readonly #until: number;
  readonly #onEnd: (reader: MemoryReader) => void;
  readonly #end = () => this.end();
  #next: number;
  #hand: ((result: IteratorResult<ReadItem>) => void) | undefined;
  #ended = false;

  constructor(
    stream: MemoryStream,
    { from, until }: { from: number; until: number },
    signal: AbortSignal,
    onEnd: (reader: MemoryReader) => void,
  ) {
    this.#stream = stream;
    this.#next = from;
    this.#until = until;
    this.#signal = signal;
    this.#onEnd = onEnd;
    signal.addEventListener('abort', this.#end, { once: true });
    stream.follow(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ReadItem>> {
    if (this.#hand !== undefined) return Promise.reject(oneAtATime());
    if (this.#signal.aborted) this.end();
    if (this.#ended) return Promise.resolve(END);
    const item = this.#take();
    if (item !== undefined) return Promise.resolve({ value: item, done: false });
    if (this.#next > this.#until) {
      this.end();
      return Promise.resolve(END);
    }
    return new Promise((resolve) => {
      this.#hand = resolve;
    });
  }

  return(): Promise<IteratorResult<ReadItem>> {
    this.end();
    return Promise.resolve(END);
  }

  wake(): void {
    if (this.#hand === undefined) return;
    const item = this.#take();
    if (item === undefined) return;
    const hand = this.#hand;
    this.#hand = undefined;
    hand({ value: item, done: false });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal.removeEventListener('abort', this.#end);
    this.#stream.unfollow(this);
    this.#hand?.(END);
    this.#hand = undefined;
    this.#onEnd(this);
  }

  #take(): ReadItem | undefined {
    const number = Math.max(this.#next, this.#stream.first);
    if (number > this.#stream.last || number > this.#until) {
      // What was to be read may be trimmed by now; then there is nothing up to the end.
      this.#next = number;
      return undefined;
    }
    this.#next = number + 1;
    return { event: this.#stream.at(number), position: positionOf(number) };
  }
}
