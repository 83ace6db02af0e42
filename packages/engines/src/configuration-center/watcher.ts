// One watched value: parsed when it arrives, put in force by one assignment, told by calls that never
// overlap. A slow listener is told the newest value next, never a queue of old ones.

import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '@holdfast/kernel';
import type { Item } from '../mirror/mirror.ts';
import type { WatchedValue, WatchOptions } from './configuration-center.ts';

interface WatcherOptions<T> extends WatchOptions<T> {
  name: string;
  logger: Logger;
  /** Why the newest entry could not even be read as JSON. */
  storeProblem: () => string | undefined;
  onClose: () => void;
}

export class Watcher<T> implements WatchedValue<T> {
  readonly name: string;
  readonly #options: WatcherOptions<T>;
  #current: T | undefined;
  /** Of what is in force; undefined = the fallback. */
  #item: Item<unknown> | undefined;
  #problem: string | undefined;
  #told: T | undefined;
  #calls: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: WatcherOptions<T>) {
    this.name = options.name;
    this.#options = options;
    this.#current = options.fallback;
    this.#told = options.fallback;
  }

  get current(): T | undefined {
    return this.#current;
  }

  get revision(): bigint | undefined {
    return this.#item?.modRevision;
  }

  get problem(): string | undefined {
    return this.#options.storeProblem() ?? this.#problem;
  }

  /** The newest entry; undefined when there is none. */
  take(item: Item<unknown> | undefined): void {
    this.#problem = undefined;
    if (item === undefined) this.#putInForce(this.#options.fallback, undefined);
    else this.#parse(item);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#options.onClose();
    await this.#calls;
  }

  #parse(item: Item<unknown>): void {
    if (this.#item !== undefined && isDeepStrictEqual(this.#item.value, item.value)) {
      this.#item = item;
      return;
    }
    try {
      this.#putInForce(this.#options.parse(item.value), item);
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      const { name, logger } = this.#options;
      logger.warn('A configuration is not valid; the last good one stays.', {
        name,
        revision: String(item.modRevision),
        problem: this.#problem,
      });
    }
  }

  #putInForce(value: T | undefined, item: Item<unknown> | undefined): void {
    this.#current = value;
    this.#item = item;
    this.#calls ??= this.#tell();
  }

  /** Until the listener knows what is in force. */
  async #tell(): Promise<void> {
    const { name, logger, onChange } = this.#options;
    // Whoever watches is given what he watches first.
    await null;
    while (!this.#isClosed && this.#told !== this.#current) {
      const previous = this.#told;
      this.#told = this.#current;
      try {
        await onChange?.(this.#current, previous);
      } catch (error) {
        logger.error('A listener of a configuration failed.', { name, error });
      }
    }
    // In the same turn as the last look: what comes next begins calls anew.
    this.#calls = undefined;
  }
}
