// What a consumer of Redis has: entries that lie ready, and those that it handed out and that are not
// acknowledged. It counts them against what the consumer may hold, and knows nothing of Redis.

import type { Clock } from '@holdfast/kernel';
import { usage } from '../events/checked-event.ts';
import type { Delivery, StreamEvent } from '../events/events.ts';
import { positionOf } from './entry.ts';

const END = { value: undefined, done: true } as const;

export interface Ready {
  id: string;
  event: StreamEvent;
  attempt: number;
  /** Monotonic; when it was delivered to us or last kept. */
  sinceMs: number;
}

export interface HandoutOptions {
  clock: Clock;
  unacknowledgedMax: number;
  claimAfterMs: number;
  acknowledge(id: string): Promise<void>;
  /** Whoever iterates is done. */
  onReturn(): void;
}

export class Handout implements AsyncIterableIterator<Delivery> {
  readonly #options: HandoutOptions;
  #ready: Ready[] = [];
  /** Of the next that is handed out, in `#ready`. */
  #next = 0;
  /** Id → monotonic time of handing out, the oldest first. */
  readonly #held = new Map<string, number>();
  #hand:
    | { resolve(item: IteratorResult<Delivery>): void; reject(error: unknown): void }
    | undefined;
  /** Id → whether Redis confirmed it. A claim that was under way meanwhile may bring it once more. */
  readonly #acknowledged = new Map<string, boolean>();
  #roomCame: (() => void) | undefined;
  #over = false;
  #error: unknown;

  constructor(options: HandoutOptions) {
    this.#options = options;
  }

  /** Handed out, whether acknowledged or not; forgotten when it goes to others. */
  wasHandedOut(id: string): boolean {
    return this.#held.has(id) || this.#acknowledged.has(id);
  }

  /** How many more may come. */
  get room(): number {
    const ready = this.#ready.length - this.#next;
    return this.#options.unacknowledgedMax - this.#held.size - ready;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Delivery>> {
    if (this.#hand !== undefined) return Promise.reject(oneAtATime());
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#over) return Promise.resolve(END);
    const delivery = this.#take();
    if (delivery !== undefined) return Promise.resolve({ value: delivery, done: false });
    return new Promise((resolve, reject) => {
      this.#hand = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<Delivery>> {
    this.end();
    this.#options.onReturn();
    return Promise.resolve(END);
  }

  put(items: readonly Ready[]): void {
    if (this.#next > 0) {
      this.#ready = this.#ready.slice(this.#next);
      this.#next = 0;
    }
    for (const item of items) if (!this.#acknowledged.has(item.id)) this.#ready.push(item);
    this.#serve();
  }

  /** Resolves when it is time to read more, many at once where they lie ready still, or at the end. */
  async waitForRoom(): Promise<void> {
    while (!this.#over && !this.#wantsMore())
      await new Promise<void>((resolve) => {
        this.#roomCame = resolve;
      });
  }

  /** Before a claim. Counts no longer what was handed out so long ago that it goes to others. */
  forgetAbandoned(): void {
    for (const [id, confirmed] of this.#acknowledged) if (confirmed) this.#acknowledged.delete(id);
    const abandonedMs = this.#options.clock.nowMs() - this.#options.claimAfterMs;
    for (const [id, sinceMs] of this.#held) {
      if (sinceMs > abandonedMs) break;
      this.#held.delete(id);
    }
    this.#tellRoom();
  }

  /**
   * Ids that lie ready since `sinceMs` or earlier and are ours still; what others may have claimed
   * meanwhile is dropped. They count as kept from now on.
   */
  renew(sinceMs: number): string[] {
    const nowMs = this.#options.clock.nowMs();
    const lostMs = nowMs - this.#options.claimAfterMs;
    this.#ready = this.#ready.slice(this.#next).filter((item) => item.sinceMs > lostMs);
    this.#next = 0;
    const due = this.#ready.filter((item) => item.sinceMs <= sinceMs);
    for (const item of due) item.sinceMs = nowMs;
    this.#tellRoom();
    return due.map(({ id }) => id);
  }

  end(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    this.#ready = [];
    this.#next = 0;
    const hand = this.#hand;
    this.#hand = undefined;
    if (error === undefined) hand?.resolve(END);
    else hand?.reject(error);
    this.#tellRoom();
  }

  #wantsMore(): boolean {
    const { room } = this;
    const isEmpty = this.#next === this.#ready.length;
    return room > 0 && (isEmpty || room >= this.#options.unacknowledgedMax / 2);
  }

  #serve(): void {
    if (this.#hand === undefined) return;
    const delivery = this.#take();
    if (delivery === undefined) return;
    const hand = this.#hand;
    this.#hand = undefined;
    hand.resolve({ value: delivery, done: false });
  }

  #take(): Delivery | undefined {
    const { clock, claimAfterMs, acknowledge } = this.#options;
    const nowMs = clock.nowMs();
    for (let item = this.#ready[this.#next]; item !== undefined; item = this.#ready[this.#next]) {
      this.#next += 1;
      if (this.#next === this.#ready.length) this.#tellRoom();
      // Another consumer may have claimed it by now, as after a long stop of this process; or it came
      // again because its first delivery took long, and that one was acknowledged meanwhile.
      if (nowMs - item.sinceMs >= claimAfterMs || this.#acknowledged.has(item.id)) continue;
      const { id, event, attempt } = item;
      this.#held.set(id, nowMs);
      const ack = () => {
        if (this.#held.delete(id)) this.#tellRoom();
        this.#acknowledged.set(id, false);
        return acknowledge(id).then(() => {
          if (this.#acknowledged.has(id)) this.#acknowledged.set(id, true);
        });
      };
      return { event, attempt, position: positionOf(id), ack };
    }
    return undefined;
  }

  #tellRoom(): void {
    const tell = this.#roomCame;
    this.#roomCame = undefined;
    tell?.();
  }
}

function oneAtATime(): Error {
  return usage(
    'The next event was asked for while the one before was awaited',
    'Wait for each, as `for await` does.',
  );
}
