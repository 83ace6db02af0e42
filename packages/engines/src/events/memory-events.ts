// Events within one process: streams as circles in memory, without a copy and without a wait. What
// is published is gone with the process; who needs more takes Redis, or bridges to it.

import { type Clock, type Logger, silentLogger } from '@holdfast/kernel';
import {
  checkBatch,
  checkedConsume,
  checkParty,
  checkStream,
  closedError,
  plainEvent,
  usage,
} from './checked-event.ts';
import {
  type ConsumeOptions,
  type Delivery,
  type Events,
  type ReadItem,
  type ReadOptions,
  STREAM_LENGTH_DEFAULT,
  type StreamEvent,
  type StreamLag,
} from './events.ts';
import { MemoryConsumer } from './memory-consumer.ts';
import { MemoryGroup } from './memory-group.ts';
import { MemoryReader } from './memory-reader.ts';
import { MemoryStream, numberOf } from './memory-stream.ts';

const STREAMS_MAX = 1_000;
const GROUPS_PER_STREAM_MAX = 100;
const DONE = Promise.resolve();

export interface MemoryEventsOptions {
  clock: Clock;
  logger?: Logger;
  /** Events kept of each stream; default STREAM_LENGTH_DEFAULT. */
  lengthMax?: number;
}

export function createMemoryEvents(options: MemoryEventsOptions): Events {
  return new MemoryEvents(options);
}

interface Kept {
  stream: MemoryStream;
  groups: Map<string, MemoryGroup>;
}

class MemoryEvents implements Events {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #lengthMax: number;
  readonly #streams = new Map<string, Kept>();
  readonly #running = new Set<MemoryConsumer | MemoryReader>();
  #closed = false;

  constructor({ clock, logger = silentLogger, lengthMax }: MemoryEventsOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#lengthMax = lengthMax ?? STREAM_LENGTH_DEFAULT;
  }

  publish(stream: string, event: StreamEvent): Promise<void> {
    try {
      const kept = this.#open(stream);
      kept.stream.append(plainEvent(event), this.#clock.wallMs());
      kept.stream.wake();
      return DONE;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async publishAll(stream: string, events: readonly StreamEvent[]): Promise<void> {
    checkBatch(events);
    const kept = this.#open(stream).stream;
    const plain = events.map(plainEvent);
    for (const event of plain) kept.append(event, this.#clock.wallMs());
    kept.wake();
  }

  consume(stream: string, options: ConsumeOptions, signal: AbortSignal): AsyncIterable<Delivery> {
    const checked = checkedConsume(options);
    const group = this.#group(this.#open(stream), checked);
    const consumer = new MemoryConsumer(group, checked, signal, (ended) =>
      this.#running.delete(ended),
    );
    this.#running.add(consumer);
    return consumer;
  }

  read(
    stream: string,
    { after, fromMs, live }: ReadOptions,
    signal: AbortSignal,
  ): AsyncIterable<ReadItem> {
    const kept = this.#open(stream).stream;
    const ahead = kept.last + 1;
    const since = fromMs === undefined ? ahead : kept.firstSince(fromMs);
    const from = after === undefined ? since : Math.min(numberOf(after) + 1, ahead);
    const until = live ? Number.POSITIVE_INFINITY : kept.last;
    const reader = new MemoryReader(kept, { from, until }, signal, (ended) =>
      this.#running.delete(ended),
    );
    this.#running.add(reader);
    return reader;
  }

  async lag(stream: string, group: string): Promise<StreamLag> {
    checkParty('group', group);
    const lag = this.#open(stream).groups.get(group)?.lag();
    return lag ?? { waiting: 0, unacknowledged: 0, missed: 0 };
  }

  async facts(): Promise<{ engine: 'memory'; endpoint: string }> {
    return { engine: 'memory', endpoint: 'memory' };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const each of [...this.#running]) each.end();
    this.#streams.clear();
  }

  #open(name: string): Kept {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    if (this.#closed) throw closedError();
    checkStream(name);
    if (this.#streams.size >= STREAMS_MAX)
      throw usage(`There are ${STREAMS_MAX} streams already`, 'Use fewer streams.');
    return this.#make(name);
  }

  #make(name: string): Kept {
    const made = { stream: new MemoryStream(name, this.#lengthMax), groups: new Map() };
    this.#streams.set(name, made);
    return made;
  }

  #group({ stream, groups }: Kept, options: { group: string; from: 'first' | 'next' }) {
    const known = groups.get(options.group);
    if (known !== undefined) return known;
    if (groups.size >= GROUPS_PER_STREAM_MAX)
      throw usage(`Stream ${stream.name} has ${groups.size} groups already`, 'Use fewer groups.');
    const next = options.from === 'first' ? stream.first : stream.last + 1;
    const made = new MemoryGroup(options.group, stream, next, {
      clock: this.#clock,
      setAside: (event, group, attempts) => this.#setAside(stream.name, event, group, attempts),
    });
    groups.set(options.group, made);
    stream.follow(made);
    return made;
  }

  #setAside(name: string, event: StreamEvent, group: string, attempts: number): void {
    const fields = { stream: name, group, attempts, event: event.id, type: event.type };
    this.#logger.warn('an event was set aside: no consumer acknowledged it', fields);
    const dead = `${name}:dead`;
    const { stream } = this.#streams.get(dead) ?? this.#make(dead);
    stream.append(event, this.#clock.wallMs());
    stream.wake();
  }
}
