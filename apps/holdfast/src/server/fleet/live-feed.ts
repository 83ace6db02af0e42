// What one server of a fleet tells all of them: results that it stored, and alerts. Pages, metrics and
// the leader's alerts live on it. When the event engine is away nothing that is stored is refused or
// delayed for it: each server looks into the store instead until it is back.

import type { Events } from '@holdfast/engines/events';
import { type Chance, type Clock, fullJitter, type Logger, newId, sleep } from '@holdfast/kernel';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { ProbeResult } from '@holdfast/resources/result';
import { NewsQueue } from './news-queue.ts';

const STREAM = 'live';
/** Of one event; engines take a megabyte. */
const EVENT_CHARACTERS_MAX = 256 * 1024;
const RETRY_CAP_MS = 5_000;
const LOOK_MS = 5_000;

export interface LiveFeedOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  events: Events;
  onResults(batch: readonly ProbeResult[]): Promise<void>;
  onAlert(alert: AlertRecord): void;
  /** What the store has of late, oldest first; asked while it cannot be heard of otherwise. */
  look(): Promise<readonly ProbeResult[]>;
}

export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #closing = new AbortController();
  readonly #news: NewsQueue;
  readonly #loops: Promise<unknown>;
  #position: string | undefined;
  #read = true;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.#news = new NewsQueue({ ...options, stream: STREAM });
    this.#loops = Promise.all([this.#readOn(), this.#lookOn()]);
  }

  /** Everything that was told lately reached the others, and we hear them. */
  get well(): boolean {
    return !this.#news.failing && this.#read;
  }

  /** Waits for nothing: who stored a result has done his part. */
  tellResults(batch: readonly ProbeResult[]): void {
    for (const part of parts(batch))
      this.#tell('ResultsStored', part.results[0]?.key.check, part.results, part.characters);
  }

  tellAlert(alert: AlertRecord): void {
    this.#tell('AlertChanged', alert.id, alert, JSON.stringify(alert).length);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#loops, this.#news.close()]);
  }

  #tell(type: string, key: string | undefined, data: unknown, characters: number): void {
    const { clock, chance } = this.#options;
    const event = { id: newId(clock, chance), type, key: key ?? '', atMs: clock.wallMs(), data };
    this.#news.push(event, characters);
  }

  /** Once more when all is well again: for what was missed meanwhile. Never rejects. */
  async #lookOn(): Promise<void> {
    const { clock, logger, look, onResults } = this.#options;
    const { signal } = this.#closing;
    for (let wasWell = true; !signal.aborted; ) {
      await sleep(clock, LOOK_MS, signal).catch(() => {});
      const isWell = this.well;
      if (signal.aborted || (isWell && wasWell)) continue;
      try {
        await onResults(await look());
        wasWell = isWell;
      } catch (error) {
        logger.warn('The store could not be looked into for results.', { error });
        wasWell = false;
      }
    }
  }

  async #readOn(): Promise<void> {
    const { clock, chance, logger } = this.#options;
    const { signal } = this.#closing;
    const fromMs = clock.wallMs();
    while (!signal.aborted) {
      try {
        await this.#follow(fromMs);
      } catch (error) {
        if (this.#read && !signal.aborted) logger.warn('Live results cannot be heard.', { error });
        this.#read = false;
      }
      await sleep(clock, fullJitter(chance, RETRY_CAP_MS), signal).catch(() => {});
    }
  }

  async #follow(fromMs: number): Promise<void> {
    const { events, onResults, onAlert } = this.#options;
    const from = this.#position === undefined ? { fromMs } : { after: this.#position };
    const read = events.read(STREAM, { ...from, live: true }, this.#closing.signal);
    for await (const { event, position } of read) {
      this.#position = position;
      this.#read = true;
      if (event.type === 'ResultsStored') await onResults(event.data as ProbeResult[]);
      else if (event.type === 'AlertChanged') onAlert(event.data as AlertRecord);
    }
  }
}

function* parts(
  batch: readonly ProbeResult[],
): Generator<{ results: ProbeResult[]; characters: number }> {
  let results: ProbeResult[] = [];
  let characters = 0;
  for (const result of batch) {
    const size = JSON.stringify(result).length;
    if (results.length > 0 && characters + size > EVENT_CHARACTERS_MAX) {
      yield { results, characters };
      results = [];
      characters = 0;
    }
    results.push(result);
    characters += size;
  }
  if (results.length > 0) yield { results, characters };
}
