// What one server of a fleet tells all of them: results that it stored, and alerts. Pages, metrics and
// the leader's alerts live on it. When the event engine is away nothing that is stored is refused for
// it: the leader looks into the store instead until it is back.

import type { Events } from '@holdfast/engines/events';
import { type Chance, type Clock, fullJitter, type Logger, newId, sleep } from '@holdfast/kernel';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { ProbeResult } from '@holdfast/resources/result';

const STREAM = 'live';
/** Of one event; engines take a megabyte. */
const EVENT_CHARACTERS_MAX = 256 * 1024;
const RETRY_CAP_MS = 5_000;

export interface LiveFeedOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  events: Events;
  onResults(batch: readonly ProbeResult[]): Promise<void>;
  onAlert(alert: AlertRecord): void;
}

export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #closing = new AbortController();
  readonly #reading: Promise<void>;
  #position: string | undefined;
  #published = true;
  #read = true;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.#reading = this.#readOn();
  }

  /** Everything that was told lately reached the others, and we hear them. */
  get well(): boolean {
    return this.#published && this.#read;
  }

  /** Never rejects: who stored a result has done his part. */
  async tellResults(batch: readonly ProbeResult[]): Promise<void> {
    for (const part of parts(batch)) await this.#publish('ResultsStored', part[0]?.key.check, part);
  }

  async tellAlert(alert: AlertRecord): Promise<void> {
    await this.#publish('AlertChanged', alert.id, alert);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading;
  }

  async #publish(type: string, key: string | undefined, data: unknown): Promise<void> {
    const { events, clock, chance, logger } = this.#options;
    const event = { id: newId(clock, chance), type, key: key ?? '', atMs: clock.wallMs(), data };
    try {
      await events.publish(STREAM, event);
      this.#published = true;
    } catch (error) {
      if (this.#published) logger.warn('The other servers cannot be told of results.', { error });
      this.#published = false;
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

function* parts(batch: readonly ProbeResult[]): Generator<ProbeResult[]> {
  let part: ProbeResult[] = [];
  let characters = 0;
  for (const result of batch) {
    const size = JSON.stringify(result).length;
    if (part.length > 0 && characters + size > EVENT_CHARACTERS_MAX) {
      yield part;
      part = [];
      characters = 0;
    }
    part.push(result);
    characters += size;
  }
  if (part.length > 0) yield part;
}
