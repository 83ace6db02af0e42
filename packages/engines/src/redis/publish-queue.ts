// What is published waits here, bounded, and goes to Redis in batches, one under way at a time: so the
// order stays, and a break of the connection is repeated from where it was. Events may then stand in
// the stream twice, with the same id; they are never lost without an error.

import { type Clock, HoldfastError, sleep, type Timer } from '@holdfast/kernel';
import { closedError } from '../events/checked-event.ts';
import { passes, redisFailed } from './redis-error.ts';
import type { RedisLink } from './redis-link.ts';

const BATCH_MAX = 1_000;
const WAITING_EVENTS_MAX = 20_000;
const WAITING_CHARACTERS_MAX = 64 * 1024 * 1024;
const RETRY_MS = 20;

interface Waiting {
  key: string;
  entries: readonly (readonly string[])[];
  /** Entries that Redis confirmed. */
  done: number;
  characters: number;
  /** Monotonic. */
  expiresAtMs: number;
  resolve(): void;
  reject(error: unknown): void;
}

export interface PublishQueueOptions {
  link: RedisLink;
  clock: Clock;
  lengthMax: number;
  /** From the call to the confirmation. */
  publishMsMax: number;
}

export class PublishQueue {
  readonly #link: RedisLink;
  readonly #clock: Clock;
  readonly #lengthMax: string;
  readonly #publishMsMax: number;
  readonly #closing = new AbortController();
  #waiting: Waiting[] = [];
  #events = 0;
  #characters = 0;
  #running: Promise<void> | undefined;
  /** Of the last batch that did not pass. */
  #lastError: unknown;
  #expiry: Timer | undefined;

  constructor({ link, clock, lengthMax, publishMsMax }: PublishQueueOptions) {
    this.#link = link;
    this.#clock = clock;
    this.#lengthMax = String(lengthMax);
    this.#publishMsMax = publishMsMax;
  }

  /** Resolves when Redis has all of them. */
  add(key: string, entries: readonly (readonly string[])[]): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.reject(closedError());
    if (entries.length === 0) return Promise.resolve();
    const characters = charactersOf(entries);
    if (
      this.#events + entries.length > WAITING_EVENTS_MAX ||
      this.#characters + characters > WAITING_CHARACTERS_MAX
    )
      return Promise.reject(this.#full());
    return new Promise((resolve, reject) => {
      const expiresAtMs = this.#clock.nowMs() + this.#publishMsMax;
      this.#waiting.push({ key, entries, done: 0, characters, expiresAtMs, resolve, reject });
      this.#events += entries.length;
      this.#characters += characters;
      this.#watchExpiry();
      this.#running ??= this.#run();
    });
  }

  /** Gives what waits up. */
  close(): void {
    this.#closing.abort();
    this.#expiry?.cancel();
    for (const item of this.#waiting.splice(0)) this.#settle(item, closedError());
  }

  async #run(): Promise<void> {
    // Who publishes many in one turn gets them into one batch.
    await null;
    while (this.#waiting.length > 0) {
      if (!(await this.#link.ready(this.#closing.signal))) break;
      if (await this.#sendBatch()) continue;
      await sleep(this.#clock, RETRY_MS, this.#closing.signal).catch(() => {});
    }
    this.#running = undefined;
  }

  /** False when the rest has to be tried again. */
  async #sendBatch(): Promise<boolean> {
    const pipeline = this.#link.client.pipeline();
    const owners: Waiting[] = [];
    for (const item of this.#waiting) {
      if (owners.length >= BATCH_MAX) break;
      for (const entry of item.entries.slice(item.done, item.done + BATCH_MAX)) {
        pipeline.xadd(item.key, 'MAXLEN', '~', this.#lengthMax, '*', ...entry);
        owners.push(item);
      }
    }
    const answers = (await pipeline.exec()) ?? [];
    for (const [index, item] of owners.entries()) {
      const error = answers[index]?.[0];
      if (error == null) item.done += 1;
      else if (passes(error)) {
        this.#lastError = error;
        this.#link.suspect(error);
        this.#takeDone();
        return false;
      } else this.#settle(item, redisFailed('Redis refused an event', error));
    }
    this.#lastError = undefined;
    this.#takeDone();
    return true;
  }

  #takeDone(): void {
    for (const item of this.#waiting) if (item.done >= item.entries.length) this.#settle(item);
    this.#waiting = this.#waiting.filter(({ done }) => done !== Number.POSITIVE_INFINITY);
  }

  #settle(item: Waiting, error?: unknown): void {
    if (item.done === Number.POSITIVE_INFINITY) return;
    item.done = Number.POSITIVE_INFINITY;
    this.#events -= item.entries.length;
    this.#characters -= item.characters;
    if (error === undefined) item.resolve();
    else item.reject(error);
  }

  #watchExpiry(): void {
    const oldest = this.#waiting[0];
    if (this.#expiry !== undefined || oldest === undefined) return;
    this.#expiry = this.#clock.after(oldest.expiresAtMs - this.#clock.nowMs(), () => {
      this.#expiry = undefined;
      this.#expire();
      this.#watchExpiry();
    });
  }

  /** They may stand in the stream all the same, when only the confirmation was lost. */
  #expire(): void {
    const nowMs = this.#clock.nowMs();
    for (const item of this.#waiting)
      if (item.expiresAtMs <= nowMs)
        this.#settle(
          item,
          this.#link.failure(
            `An event was not confirmed within ${this.#publishMsMax} ms`,
            this.#lastError,
          ),
        );
    this.#waiting = this.#waiting.filter(({ done }) => done !== Number.POSITIVE_INFINITY);
  }

  #full(): HoldfastError {
    return new HoldfastError(
      'EVENTS_FAILED',
      `${this.#events} events wait for Redis already`,
      'Publish more slowly, and see whether Redis is reached and quick enough.',
    );
  }
}

function charactersOf(entries: readonly (readonly string[])[]): number {
  let characters = 0;
  for (const entry of entries) for (const field of entry) characters += field.length;
  return characters;
}
