// One place of the pool: at most one connection at a time, pinned to one endpoint until it fails or is
// left, and then to the next one. All endpoints are tried at once in turn; only when a whole round failed
// does the next round wait, with full jitter, so that a fleet does not come back in one moment.

import { type Chance, type Clock, fullJitter, type Logger, sleep } from '@holdfast/kernel';
import type { Endpoint } from './endpoint.ts';
import { type GrpcConnection, openGrpcConnection, type TlsTrust } from './grpc-connection.ts';
import { unavailable } from './grpc-failure.ts';

export interface SlotOptions {
  endpoints: readonly Endpoint[];
  tls?: TlsTrust | undefined;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

const CONNECT_TIMEOUT_MS = 1_500;
const ROUND_WAIT_MS = 50;
const ROUND_WAIT_MS_MAX = 2_000;

export class ConnectionSlot {
  readonly #options: SlotOptions;
  readonly #closing = new AbortController();
  #place: number;
  #failures = 0;
  #connection: GrpcConnection | undefined;
  #attempt: Promise<GrpcConnection> | undefined;

  constructor(options: SlotOptions, place: number) {
    this.#options = options;
    this.#place = place;
  }

  /** The connection that takes calls now. */
  get ready(): GrpcConnection | undefined {
    const connection = this.#connection;
    return connection === undefined || connection.over ? undefined : connection;
  }

  /** One attempt at one endpoint, shared by all who wait. Rejects with a GrpcFailure: not sent. */
  connect(): Promise<GrpcConnection> {
    const { ready } = this;
    if (ready !== undefined) return Promise.resolve(ready);
    this.#attempt ??= this.#open().finally(() => {
      this.#attempt = undefined;
    });
    return this.#attempt;
  }

  close(): void {
    this.#closing.abort(unavailable('The connections to etcd are closed.', false));
    this.#connection?.destroy('The connections to etcd are closed.');
  }

  async #open(): Promise<GrpcConnection> {
    const { endpoints, tls, clock, logger } = this.#options;
    await this.#wait();
    if (this.#connection !== undefined) this.#place += 1;
    this.#connection = undefined;
    const endpoint = endpoints[this.#place % endpoints.length] as Endpoint;
    try {
      const connection = await openGrpcConnection(endpoint, {
        clock,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        ...(tls === undefined ? {} : { tls }),
      });
      if (this.#closing.signal.aborted) connection.destroy('The connections to etcd are closed.');
      this.#closing.signal.throwIfAborted();
      this.#failures = 0;
      this.#connection = connection;
      logger.debug('connected to etcd', { endpoint: endpoint.url });
      return connection;
    } catch (error) {
      this.#failures += 1;
      this.#place += 1;
      logger.debug('no connection to etcd', { endpoint: endpoint.url, error: String(error) });
      throw error;
    }
  }

  async #wait(): Promise<void> {
    const { endpoints, clock, chance } = this.#options;
    const { signal } = this.#closing;
    signal.throwIfAborted();
    const rounds = Math.floor(this.#failures / endpoints.length);
    if (rounds === 0) return;
    const capMs = Math.min(ROUND_WAIT_MS_MAX, ROUND_WAIT_MS * 2 ** Math.min(rounds, 10));
    await sleep(clock, fullJitter(chance, capMs), signal);
  }
}
