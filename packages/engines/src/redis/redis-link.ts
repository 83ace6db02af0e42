// One connection to Redis that comes back by itself, with full jitter. A command that has no answer
// when the connection breaks fails at once; whether it is sent again is the caller's decision, never
// the client's. Closing never waits for Redis: after GOODBYE_MS the socket is destroyed.

import { type Chance, fullJitter, type Logger } from '@holdfast/kernel';
import { Redis } from 'ioredis';
import { messageOf, redisFailed, timedOut } from './redis-error.ts';
import type { RedisSettings } from './redis-settings.ts';

const CONNECT_MS_MAX = 5_000;
const RETRY_FIRST_MS = 50;
const RETRY_MS_MAX = 3_000;
/** What a peer that does not answer gets to say goodbye. */
const GOODBYE_MS = 50;
const CLOSED = 'the connection was closed';
/** Of the client, while it has a socket or is about to make one. */
const OPEN = new Set(['connecting', 'connect', 'ready']);

export interface RedisLinkOptions {
  settings: RedisSettings;
  chance: Chance;
  logger: Logger;
  /** For an answer, after which the connection is taken for dead. */
  answerMsMax: number;
  /** Is told why connecting or the connection failed. */
  onFailed?(error: unknown): void;
  /** Is told that `close` was called. */
  onClosed?(): void;
}

export class RedisLink {
  readonly client: Redis;
  readonly #waiting = new Set<() => void>();
  readonly #logger: Logger;
  #lastError: unknown = new Error('there is no connection yet');
  #clientId: Promise<number | undefined> = Promise.resolve(undefined);
  #down = false;
  /** The connection is being given up and made anew. */
  #leaving = false;
  #closed = false;
  #ended: Promise<void> = Promise.resolve();
  readonly #onClosed: (() => void) | undefined;

  constructor({ settings, chance, logger, answerMsMax, onFailed, onClosed }: RedisLinkOptions) {
    const { endpoint, ...place } = settings;
    this.#onClosed = onClosed;
    this.#logger = logger.with({ endpoint });
    this.client = new Redis({
      ...place,
      // The answers that we read have the same form in both versions; the older one is everywhere.
      protocol: 2,
      connectTimeout: CONNECT_MS_MAX,
      commandTimeout: answerMsMax,
      disconnectTimeout: GOODBYE_MS,
      disableClientInfo: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // Fails what has no answer as soon as the connection breaks.
      maxRetriesPerRequest: 0,
      retryStrategy: (times) =>
        1 + fullJitter(chance, Math.min(RETRY_MS_MAX, RETRY_FIRST_MS * 2 ** Math.min(times, 10))),
    });
    this.client.on('error', (error) => {
      this.#failed(error);
      onFailed?.(error);
    });
    this.client.on('close', () => {
      this.#leaving = false;
      this.#failed(new Error(CLOSED));
    });
    this.client.on('ready', () => this.#succeeded());
  }

  /** Why nothing came of it, as one of our errors: the connection tells more than a command that it failed. */
  failure(what: string, error: unknown): Error {
    return redisFailed(what, this.client.status === 'ready' ? error : this.#lastError);
  }

  /** True as soon as commands may be sent, false when the signal aborts or the link is closed first. */
  ready(signal: AbortSignal): Promise<boolean> {
    if (this.#closed || signal.aborted) return Promise.resolve(false);
    if (this.client.status === 'ready') return Promise.resolve(true);
    return new Promise((resolve) => {
      const over = () => {
        this.#waiting.delete(over);
        signal.removeEventListener('abort', over);
        resolve(!this.#closed && !signal.aborted);
      };
      this.#waiting.add(over);
      signal.addEventListener('abort', over, { once: true });
    });
  }

  /** By which another connection can end what this one waits for. */
  get clientId(): Promise<number | undefined> {
    return this.#clientId;
  }

  /** To be told of errors of commands: an answer that is overdue means a connection that is dead. */
  suspect(error: unknown): void {
    if (!timedOut(error) || this.#closed || this.#leaving) return;
    // A client that is told to leave while it connects would give up for good.
    if (this.client.status !== 'ready') return;
    this.#leaving = true;
    this.client.disconnect(true);
  }

  /** Resolves when no socket is left, at the latest after GOODBYE_MS; what has no answer yet fails. */
  close(): Promise<void> {
    if (this.#closed) return this.#ended;
    this.#closed = true;
    if (OPEN.has(this.client.status))
      this.#ended = new Promise((resolve) => this.client.once('end', resolve));
    this.client.disconnect();
    for (const over of [...this.#waiting]) over();
    this.#onClosed?.();
    return this.#ended;
  }

  /** The first failure of an outage tells more than the closing that follows it. */
  #failed(error: Error): void {
    if (!this.#down || error.message !== CLOSED) this.#lastError = error;
    if (this.#closed || this.#down) return;
    this.#down = true;
    this.#logger.warn('Redis cannot be reached; trying on', { error: messageOf(error) });
  }

  #succeeded(): void {
    if (this.#down) this.#logger.info('Redis is reached again');
    this.#down = false;
    this.#clientId = this.client.client('ID').catch(() => undefined);
    for (const over of [...this.#waiting]) over();
  }
}
