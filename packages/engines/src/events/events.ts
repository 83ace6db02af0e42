// The contract of events: streams that several processes write and groups of consumers share. An
// event is delivered at least once to each group; whoever consumes must bear a second delivery
// (`handleOnce` helps). Streams are bounded: the oldest events are trimmed and counted, never the
// writer's memory grown. Two engines keep it (memory, Redis Streams) under one conformance suite.

export interface StreamEvent {
  /** Chosen by the publisher; the same event published twice has the same id. */
  id: string;
  /** `RunRequested`, `TripStarted` … */
  type: string;
  /** What it is about; for readers, not for order: a stream is ordered as a whole. */
  key: string;
  /** Wall time. */
  atMs: number;
  /** As JSON keeps it; it must not be changed once it is published. */
  data: unknown;
  /** Written by bridges, so that nothing goes in a circle: the process on whose bus it was published. */
  origin?: string;
}

export interface Delivery {
  readonly event: StreamEvent;
  /** Place in the stream; opaque, and ascending as text within a stream. */
  readonly position: string;
  /** 1 = the first time to this group. */
  readonly attempt: number;
  /**
   * It was handled: the group will not see it again. Twice is once. Never rejects: resolves when the
   * engine has it, or when it cannot matter any more because the event goes to another consumer.
   */
  ack(): Promise<void>;
}

export interface ConsumeOptions {
  group: string;
  /** Unique within the group among those who consume now. */
  consumer: string;
  /** Where a new group begins: `first` kept event, `next` one published (default). Known groups go on where they were. */
  from?: 'first' | 'next';
  /** Delivered and not acknowledged for that long, it goes to another consumer; default 30,000. */
  claimAfterMs?: number;
  /** Deliveries of one event to a group, then it is set aside in the stream `<stream>:dead`; default 10. */
  attemptsMax?: number;
  /** Delivered to this consumer and not yet acknowledged; default 256. */
  unacknowledgedMax?: number;
}

export interface ReadOptions {
  /** From after this position. */
  after?: string;
  /** From what was published then or later, by the engine's clock; `after` goes before it. */
  fromMs?: number;
  live: boolean;
}

export type ReadItem = Omit<Delivery, 'ack' | 'attempt'>;

export interface StreamLag {
  /** Published and never delivered to the group. */
  waiting: number;
  /** Delivered and not acknowledged. */
  unacknowledged: number;
  /** Age of the oldest of both; absent when there is none. */
  oldestMs?: number;
  /** Trimmed before the group acknowledged them, as far as this process could tell since it began. */
  missed: number;
}

/** Every call rejects with a HoldfastError: EVENTS_FAILED when the engine cannot be reached, USAGE. */
export interface Events {
  /** Resolves when the engine has it. Names of streams: EVENT_STREAM_NAME. */
  publish(stream: string, event: StreamEvent): Promise<void>;
  /** In their order; fewer round trips than one by one. At most PUBLISH_MAX. */
  publishAll(stream: string, events: readonly StreamEvent[]): Promise<void>;
  /** Shares the stream with the other consumers of the group. Survives the engine's restart; returns when `signal` aborts. */
  consume(stream: string, options: ConsumeOptions, signal: AbortSignal): AsyncIterable<Delivery>;
  /**
   * Everything to this reader alone, without a group: from after a position, from a wall time, or
   * only what comes. With `live` it goes on for good, else it ends at the present end.
   */
  read(stream: string, options: ReadOptions, signal: AbortSignal): AsyncIterable<ReadItem>;
  lag(stream: string, group: string): Promise<StreamLag>;
  facts(): Promise<{ engine: 'memory' | 'redis' /** Without credentials. */; endpoint: string }>;
  /** Ends every consumer; what is unacknowledged goes to others. */
  close(): Promise<void>;
}

export const EVENT_STREAM_NAME = /^[a-z][a-z0-9:_-]{0,127}$/;
export const PUBLISH_MAX = 1_000;
export const EVENT_BYTES_MAX = 1024 * 1024;
/** Events kept of a stream where its owner does not say. */
export const STREAM_LENGTH_DEFAULT = 100_000;
