// Events on Redis Streams, for several processes. One connection for commands, one more for each
// consumer and live reader, because reading blocks. Redis keeps what it confirmed as well as its own
// persistence does (`appendonly yes`); nothing here confirms what Redis did not.

import { type Chance, type Clock, type Logger, sleep } from '@holdfast/kernel';
import {
  checkBatch,
  checkedConsume,
  checkedDataText,
  checkParty,
  checkStream,
  closedError,
} from '../events/checked-event.ts';
import {
  type ConsumeOptions,
  type Delivery,
  type Events,
  type ReadItem,
  type ReadOptions,
  STREAM_LENGTH_DEFAULT,
  type StreamEvent,
  type StreamLag,
} from '../events/events.ts';
import type { SeenIds } from '../events/handle-once.ts';
import { AckQueue } from './ack-queue.ts';
import { fieldsOf } from './entry.ts';
import { PublishQueue } from './publish-queue.ts';
import { BLOCK_MS, RedisConsumer } from './redis-consumer.ts';
import { passes, redisFailed } from './redis-error.ts';
import { RedisGroup } from './redis-group.ts';
import { RedisLink } from './redis-link.ts';
import { RedisReader } from './redis-reader.ts';
import { RedisSeenIds } from './redis-seen-ids.ts';
import { type RedisSettings, type RedisTls, redisSettings } from './redis-settings.ts';
import { checkServer } from './redis-version.ts';
import { type Missed, streamLag } from './stream-lag.ts';

const PREFIX_DEFAULT = 'holdfast:';
const OPEN_MS_MAX = 5_000;
/** A stop of Redis shorter than this is only slow. */
const ANSWER_MS_MAX = 5_000;
const PUBLISH_MS_DEFAULT = 10_000;
/** What a Redis that does not answer gets when we close. */
const GOODBYE_MS_MAX = 1_500;

export interface RedisEventsOptions {
  /** `redis://[user:password@]host[:6379][/db]`, or `rediss://` for TLS. */
  url: string;
  tls?: RedisTls;
  clock: Clock;
  chance: Chance;
  logger: Logger;
  /** Events kept of each stream, or somewhat more: Redis trims in blocks; default STREAM_LENGTH_DEFAULT. */
  lengthMax?: number;
  /** Before the name of a stream; may be empty. Default `holdfast:`. */
  prefix?: string;
  /** How long an event may wait for its confirmation while Redis is away; default 10,000. */
  publishMsMax?: number;
}

export interface RedisEvents extends Events {
  /** Ids that were handled, kept in the same Redis under this name. */
  seenIds(name: string): SeenIds;
}

/** Throws EVENTS_FAILED when Redis is not reached within 5 s or is too old, USAGE for an address that is none. */
export async function openRedisEvents(options: RedisEventsOptions): Promise<RedisEvents> {
  const settings = redisSettings(options.url, options.tls);
  const { chance, clock, logger } = options;
  const limit = new AbortController();
  const link = new RedisLink({
    settings,
    chance,
    logger,
    answerMsMax: ANSWER_MS_MAX,
    onFailed: (error) => {
      if (!passes(error)) limit.abort();
    },
  });
  const timer = clock.after(OPEN_MS_MAX, () => limit.abort());
  try {
    const what = `Redis at ${settings.endpoint} cannot be used`;
    if (!(await link.ready(limit.signal))) throw link.failure(what, undefined);
    await checkServer(link, logger).catch((error) => {
      throw redisFailed(what, error);
    });
  } catch (error) {
    await link.close();
    throw error;
  } finally {
    timer.cancel();
  }
  return new RedisStreams(link, settings, options);
}

class RedisStreams implements RedisEvents {
  readonly #link: RedisLink;
  readonly #settings: RedisSettings;
  readonly #options: RedisEventsOptions;
  readonly #prefix: string;
  readonly #lengthMax: number;
  readonly #publishing: PublishQueue;
  readonly #acks: AckQueue;
  readonly #consumers = new Set<RedisConsumer>();
  /** Connections that block, of consumers and live readers. */
  readonly #readings = new Set<RedisLink>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;
  /** By key and group. */
  readonly #missed = new Map<string, Missed>();

  constructor(link: RedisLink, settings: RedisSettings, options: RedisEventsOptions) {
    const { clock, lengthMax = STREAM_LENGTH_DEFAULT, prefix = PREFIX_DEFAULT } = options;
    const publishMsMax = options.publishMsMax ?? PUBLISH_MS_DEFAULT;
    this.#link = link;
    this.#settings = settings;
    this.#options = options;
    this.#prefix = prefix;
    this.#lengthMax = lengthMax;
    this.#publishing = new PublishQueue({ link, clock, lengthMax, publishMsMax });
    this.#acks = new AckQueue(link, clock);
  }

  publish(stream: string, event: StreamEvent): Promise<void> {
    try {
      const key = this.#key(stream);
      return this.#publishing.add(key, [fieldsOf(event, checkedDataText(event))]);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async publishAll(stream: string, events: readonly StreamEvent[]): Promise<void> {
    checkBatch(events);
    const entries = events.map((event) => fieldsOf(event, checkedDataText(event)));
    await this.#publishing.add(this.#key(stream), entries);
  }

  consume(stream: string, options: ConsumeOptions, signal: AbortSignal): AsyncIterable<Delivery> {
    const checked = checkedConsume(options);
    const key = this.#key(stream);
    const { clock, chance, logger } = this.#options;
    const group = new RedisGroup(this.#link, key, checked.group, checked.consumer);
    const missed = this.#missedOf(key, checked.group);
    const consumer: RedisConsumer = new RedisConsumer(checked, signal, {
      group,
      link: this.#link,
      reading: this.#openReading(),
      clock,
      chance,
      logger,
      acknowledge: (id) => this.#acks.add(key, checked.group, id),
      setAside: (id, event, reason) =>
        group.setAside(id, event, reason, `${key}:dead`, this.#lengthMax),
      onMissed: (count) => {
        missed.count += count;
      },
      onEnd: () => this.#consumers.delete(consumer),
    });
    this.#consumers.add(consumer);
    return consumer.deliveries;
  }

  read(stream: string, options: ReadOptions, signal: AbortSignal): AsyncIterable<ReadItem> {
    const { clock, chance, logger } = this.#options;
    const reader = new RedisReader(options, AbortSignal.any([signal, this.#closing.signal]), {
      key: this.#key(stream),
      link: this.#link,
      clock,
      chance,
      logger,
      openReading: () => this.#openReading(),
    });
    return options.live ? reader.live() : reader.kept();
  }

  async lag(stream: string, group: string): Promise<StreamLag> {
    checkParty('group', group);
    const key = this.#key(stream);
    const missed = this.#missedOf(key, group);
    try {
      return await streamLag(this.#link, key, group, missed, this.#options.clock.wallMs());
    } catch (error) {
      this.#link.suspect(error);
      throw this.#link.failure(`The lag of group ${group} of ${key} is not known`, error);
    }
  }

  async facts(): Promise<{ engine: 'redis'; endpoint: string }> {
    return { engine: 'redis', endpoint: this.#settings.endpoint };
  }

  seenIds(name: string): SeenIds {
    return new RedisSeenIds(this.#link, `${this.#prefix}seen:${name}:`);
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  /** Bounded whatever Redis does: what waits for an answer after GOODBYE_MS_MAX fails with its connection. */
  async #end(): Promise<void> {
    this.#closing.abort();
    const ending = Promise.all([...this.#consumers].map((consumer) => consumer.end()));
    await within(
      this.#options.clock,
      GOODBYE_MS_MAX,
      ending.then(() => this.#acks.flush()),
    );
    this.#acks.close();
    this.#publishing.close();
    await Promise.all([this.#link, ...this.#readings].map((link) => link.close()));
    await ending;
  }

  #key(stream: string): string {
    checkStream(stream);
    if (this.#closing.signal.aborted) throw closedError();
    return this.#prefix + stream;
  }

  #openReading(): RedisLink {
    const { chance, logger } = this.#options;
    const answerMsMax = BLOCK_MS + ANSWER_MS_MAX;
    const reading: RedisLink = new RedisLink({
      settings: this.#settings,
      chance,
      logger,
      answerMsMax,
      onClosed: () => this.#readings.delete(reading),
    });
    this.#readings.add(reading);
    return reading;
  }

  #missedOf(key: string, group: string): Missed {
    const name = `${key} ${group}`;
    const known = this.#missed.get(name);
    if (known !== undefined) return known;
    const made = { count: 0, uncounted: 0 };
    this.#missed.set(name, made);
    return made;
  }
}

async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, sleep(clock, ms, enough.signal).catch(() => {})]);
  enough.abort();
}
