// One HTTP/2 connection to one endpoint, with the gRPC calls that run on it (gRPC over HTTP/2). It is
// ready once the peer has sent its settings, so that a peer that merely accepts is not taken for a
// server. Whatever ends it ends every call on it, each with what is known of whether it was sent.

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
} from 'node:http2';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '@holdfast/kernel';
import type { Endpoint } from './endpoint.ts';
import { type GrpcFailure, unavailable } from './grpc-failure.ts';
import { GrpcStream, type StreamEvents } from './grpc-stream.ts';
import { GrpcUnary } from './grpc-unary.ts';
import { Liveness } from './liveness.ts';

/** PEM. */
export interface TlsTrust {
  ca?: string;
  certificate?: string;
  key?: string;
}

/** Names and values in turn. */
export type Metadata = readonly string[];

export interface ConnectionOptions {
  clock: Clock;
  tls?: TlsTrust;
  connectTimeoutMs: number;
}

export interface UnaryCall {
  path: string;
  request: Uint8Array;
  metadata: Metadata;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Of each stream: what a watch whose consumer is slow may hold in our memory. */
const STREAM_WINDOW_BYTES = 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 16 * 1024 * 1024;
const LEFT_AFTER_MS = 500;
/** Of requests that run at once. */
const REQUEST_BYTES_MAX = 128 * 1024 * 1024;
/** Node breaks answers off when the whole session takes more: it must never come to that. */
const SESSION_MEGABYTES_MAX = 1_024;

/** Rejects with a GrpcFailure that says `sent: false`. */
export async function openGrpcConnection(
  endpoint: Endpoint,
  options: ConnectionOptions,
): Promise<GrpcConnection> {
  const connection = new GrpcConnection(endpoint, options);
  await connection.ready;
  return connection;
}

export class GrpcConnection {
  readonly endpoint: Endpoint;
  readonly ready: Promise<void>;
  readonly #clock: Clock;
  readonly #openedAtMs: number;
  readonly #session: ClientHttp2Session;
  readonly #head: readonly string[];
  readonly #liveness: Liveness;
  readonly #running = new Set<{ fail(failure: GrpcFailure): void }>();
  #requestBytes = 0;
  #isReady = false;
  /** No new calls: the peer or we are leaving, or it is over. */
  #leaving = false;
  #goneBecause: GrpcFailure | undefined;
  #lastTaken = Number.POSITIVE_INFINITY;

  constructor(endpoint: Endpoint, { clock, tls = {}, connectTimeoutMs }: ConnectionOptions) {
    this.endpoint = endpoint;
    this.#clock = clock;
    this.#openedAtMs = clock.nowMs();
    this.#head = headOf(endpoint);
    const socket = socketTo(endpoint, tls);
    this.#session = connectHttp2(endpoint.url, {
      createConnection: () => socket,
      maxSessionMemory: SESSION_MEGABYTES_MAX,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    this.#liveness = new Liveness(clock, {
      ping: () => this.#ping(),
      dead: () => this.#end(`${endpoint.url} answers no ping any more.`),
    });
    this.ready = this.#untilReady(connectTimeoutMs);
    this.#session.on('goaway', (_code, lastTaken) => {
      this.#leaving = true;
      this.#lastTaken = lastTaken;
    });
    const onError = (error: Error) => this.#end(`The connection to ${endpoint.url} broke.`, error);
    // What TLS finds after its handshake, such as a refused certificate, only the socket tells.
    socket.on('error', onError);
    this.#session.on('error', onError);
    this.#session.on('close', () => this.#end(`${endpoint.url} closed the connection.`));
  }

  /** Takes no more calls. */
  get over(): boolean {
    return this.#leaving;
  }

  /** Rejects with a GrpcFailure, or with the signal's reason. */
  unary(call: UnaryCall): Promise<Buffer> {
    if (this.#leaving) return Promise.reject(this.#notAnyMore());
    const { length } = call.request;
    if (this.#requestBytes + length > REQUEST_BYTES_MAX) return Promise.reject(this.#tooMuch());
    this.#requestBytes += length;
    return new Promise((resolve, reject) => {
      const unary = new GrpcUnary(this.#clock, call, {
        heard: this.#heard,
        refused: this.#refused,
        settled: (answer, failure) => {
          this.#running.delete(unary);
          this.#requestBytes -= length;
          this.#liveness.end();
          if (answer === undefined) reject(failure);
          else resolve(answer);
        },
      });
      this.#running.add(unary);
      this.#liveness.begin();
      unary.run(this.#request(call.path, call.metadata, call.timeoutMs), this.endpoint.url);
    });
  }

  /** Throws a GrpcFailure when the connection takes no more. */
  stream(path: string, metadata: Metadata, events: StreamEvents): GrpcStream {
    if (this.#leaving) throw this.#notAnyMore();
    const stream = new GrpcStream(this.#request(path, metadata), this.endpoint.url, {
      message: (bytes) => {
        this.#liveness.heard();
        events.message(bytes);
      },
      ended: (failure) => {
        this.#running.delete(stream);
        events.ended(failure);
      },
    });
    this.#running.add(stream);
    return stream;
  }

  /**
   * Lets what runs on it finish, and takes nothing new. A connection that is young stays: in an election every
   * member fails its calls, and going round them would be a storm of connections.
   */
  leave(): void {
    if (this.#leaving || this.#clock.nowMs() - this.#openedAtMs < LEFT_AFTER_MS) return;
    this.#leaving = true;
    this.#session.close();
  }

  destroy(what: string): void {
    this.#end(what);
  }

  readonly #heard = () => this.#liveness.heard();

  /** The peer said that it did not take this one (RFC 9113 section 6.8). */
  readonly #refused = (stream: ClientHttp2Stream) =>
    (stream.id ?? Number.POSITIVE_INFINITY) > this.#lastTaken ||
    stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;

  #request(path: string, metadata: Metadata, timeoutMs?: number): ClientHttp2Stream {
    const timeout =
      timeoutMs === undefined ? [] : ['grpc-timeout', `${Math.max(1, Math.ceil(timeoutMs))}m`];
    return this.#session.request([
      ...this.#head,
      ':path',
      path,
      ...CONTENT,
      ...timeout,
      ...metadata,
    ]);
  }

  #untilReady(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () =>
        this.#end(`${this.endpoint.url} did not answer within ${Math.round(timeoutMs)} ms.`),
      );
      const waiting = {
        fail: (failure: GrpcFailure) => {
          timer.cancel();
          reject(failure);
        },
      };
      this.#session.once('remoteSettings', () => {
        timer.cancel();
        this.#running.delete(waiting);
        this.#isReady = true;
        this.#session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
        resolve();
      });
      this.#running.add(waiting);
    });
  }

  #ping(): void {
    this.#session.ping((error: Error | null) => {
      if (error === null) this.#liveness.heard();
    });
  }

  #end(what: string, cause?: unknown): void {
    if (this.#goneBecause !== undefined) return;
    this.#leaving = true;
    this.#goneBecause = unavailable(reason(what, cause), this.#isReady, cause);
    this.#liveness.close();
    for (const running of [...this.#running]) running.fail(this.#goneBecause);
    this.#running.clear();
    this.#session.destroy();
  }

  #tooMuch(): GrpcFailure {
    const what = `Requests of ${this.#requestBytes} bytes wait for ${this.endpoint.url} already.`;
    return unavailable(what, false);
  }

  #notAnyMore(): GrpcFailure {
    const what = this.#goneBecause?.message ?? `${this.endpoint.url} is being left.`;
    return unavailable(what, false, this.#goneBecause);
  }
}

const CONTENT = ['content-type', 'application/grpc', 'te', 'trailers', 'user-agent', 'holdfast'];

function headOf({ url, secure }: Endpoint): string[] {
  const { host } = new URL(url);
  return [':method', 'POST', ':scheme', secure ? 'https' : 'http', ':authority', host];
}

function socketTo({ host, port, secure }: Endpoint, { ca, certificate, key }: TlsTrust): Socket {
  if (!secure) return connectTcp({ host, port, noDelay: true });
  const socket = connectTls({
    host,
    port,
    ALPNProtocols: ['h2'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  });
  socket.setNoDelay(true);
  return socket;
}

function reason(what: string, cause: unknown): string {
  return cause instanceof Error ? `${what} ${cause.message}` : what;
}
