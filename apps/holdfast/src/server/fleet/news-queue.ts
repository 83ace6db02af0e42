// What waits to be told to the other servers. Whoever stored a result never waits for it: the queue is
// told in its order behind his back, again until the event engine has it. Bounded; the oldest goes first,
// for whoever missed it finds it in the store.

import type { Events, StreamEvent } from '@holdfast/engines/events';
import { type Chance, type Clock, fullJitter, type Logger, sleep } from '@holdfast/kernel';

const CHARACTERS_MAX = 32 * 1024 * 1024;
const EVENTS_MAX = 20_000;
const RETRY_CAP_MS = 2_000;

export interface NewsQueueOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  events: Pick<Events, 'publish'>;
  stream: string;
}

export class NewsQueue {
  readonly #options: NewsQueueOptions;
  readonly #closing = new AbortController();
  readonly #waiting: { event: StreamEvent; characters: number }[] = [];
  #characters = 0;
  #failing = false;
  #running: Promise<void> | undefined;

  constructor(options: NewsQueueOptions) {
    this.#options = options;
  }

  /** The engine does not take them. */
  get failing(): boolean {
    return this.#failing;
  }

  /** `characters`: about the length of the event as text. */
  push(event: StreamEvent, characters: number): void {
    this.#waiting.push({ event, characters });
    this.#characters += characters;
    while (this.#characters > CHARACTERS_MAX || this.#waiting.length > EVENTS_MAX) this.#shift();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** What waits is left: it stands in the store. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, chance } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      if (!(await this.#published(next.event)))
        await sleep(clock, fullJitter(chance, RETRY_CAP_MS), signal).catch(() => {});
      else if (this.#waiting[0] === next) this.#shift();
    }
  }

  async #published(event: StreamEvent): Promise<boolean> {
    const { events, logger, stream } = this.#options;
    try {
      await this.#untilClosed(events.publish(stream, event));
      if (this.#failing) logger.info('The other servers are told of results again.');
      this.#failing = false;
      return true;
    } catch (error) {
      if (!this.#failing) logger.warn('The other servers cannot be told of results.', { error });
      this.#failing = true;
      return false;
    }
  }

  /** An engine that hangs must not keep us from closing. */
  #untilClosed(work: Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    return new Promise((resolve, reject) => {
      const onAbort = () => resolve();
      signal.addEventListener('abort', onAbort, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  #shift(): void {
    this.#characters -= this.#waiting.shift()?.characters ?? 0;
  }
}
