// Reads a stream of Redis for one reader alone, page by page; with `live` it goes on with what comes,
// on a connection of its own that may block, and outlives restarts. Entries that are no events are
// passed over.

import { type Chance, type Clock, fullJitter, type Logger, sleep } from '@holdfast/kernel';
import type { ReadItem } from '../events/events.ts';
import { eventOf, idBefore, idOf, positionOf, type RawEntry } from './entry.ts';
import { BLOCK_MS } from './redis-consumer.ts';
import { answers, passes, redisFailed } from './redis-error.ts';
import { namedOf } from './redis-group.ts';
import type { RedisLink } from './redis-link.ts';

const PAGE_MAX = 500;
const RETRY_MS_MAX = 500;

export interface ReaderSurroundings {
  key: string;
  /** For commands that do not block. */
  link: RedisLink;
  clock: Clock;
  chance: Chance;
  logger: Logger;
  /** Opens a connection for a reader that goes on. */
  openReading(): RedisLink;
}

export class RedisReader {
  readonly #around: ReaderSurroundings;
  readonly #signal: AbortSignal;
  /** The newest entry when the reading began. */
  readonly #end: Promise<string>;
  readonly #from: string | undefined;

  /** Asks at once where the stream ends: what is published afterwards is new. */
  constructor(
    options: { after?: string; fromMs?: number },
    signal: AbortSignal,
    around: ReaderSurroundings,
  ) {
    this.#around = around;
    this.#signal = signal;
    if (options.after !== undefined) this.#from = idOf(options.after);
    else if (options.fromMs !== undefined) this.#from = idBefore(options.fromMs);
    this.#end = this.#untilItPasses(around.link, () => this.#lastId()).then((id) => id ?? '0-0');
    // Whoever iterates is told; without anybody it is nobody's failure.
    this.#end.catch(() => {});
  }

  async *kept(): AsyncGenerator<ReadItem> {
    const { link, key } = this.#around;
    const end = await this.#end;
    let after = this.#from ?? end;
    while (!this.#signal.aborted) {
      const page = await this.#untilItPasses(link, () =>
        link.client.xrange(key, `(${after}`, end, 'COUNT', PAGE_MAX),
      );
      if (page === undefined || page.length === 0) return;
      after = page.at(-1)?.[0] ?? end;
      yield* this.#items(page);
    }
  }

  async *live(): AsyncGenerator<ReadItem> {
    const { key, openReading } = this.#around;
    let after = this.#from ?? (await this.#end);
    if (this.#signal.aborted) return;
    const reading = openReading();
    const close = () => void reading.close();
    this.#signal.addEventListener('abort', close, { once: true });
    try {
      while (!this.#signal.aborted) {
        const page = await this.#untilItPasses(reading, async () => {
          const { client } = reading;
          const block = ['COUNT', PAGE_MAX, 'BLOCK', BLOCK_MS, 'STREAMS', key, after] as const;
          const answer = (await client.xread(...block)) as [string, RawEntry[]][] | null;
          return answer?.[0]?.[1] ?? [];
        });
        after = page?.at(-1)?.[0] ?? after;
        yield* this.#items(page ?? []);
      }
    } finally {
      this.#signal.removeEventListener('abort', close);
      await reading.close();
    }
  }

  *#items(page: readonly RawEntry[]): Generator<ReadItem> {
    for (const [id, fields] of page) {
      if (this.#signal.aborted) return;
      const event = eventOf(id, fields ?? []);
      if (typeof event !== 'string') yield { event, position: positionOf(id) };
      else {
        const about = { stream: this.#around.key, entry: id, reason: event };
        this.#around.logger.debug('an entry is no event', about);
      }
    }
  }

  async #lastId(): Promise<string> {
    try {
      const fields = await this.#around.link.client.xinfo('STREAM', this.#around.key);
      return String(namedOf(fields as unknown[]).get('last-generated-id'));
    } catch (error) {
      if (answers(error, 'ERR no such key')) return '0-0';
      throw error;
    }
  }

  async #untilItPasses<T>(link: RedisLink, command: () => Promise<T>): Promise<T | undefined> {
    const { clock, chance, key } = this.#around;
    while (await link.ready(this.#signal)) {
      try {
        return await command();
      } catch (error) {
        if (this.#signal.aborted) return undefined;
        link.suspect(error);
        if (!passes(error)) throw redisFailed(`Stream ${key} cannot be read`, error);
        await sleep(clock, fullJitter(chance, RETRY_MS_MAX), this.#signal).catch(() => {});
      }
    }
    return undefined;
  }
}
