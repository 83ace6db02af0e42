// An HTTP/2 session over a connection that was made here, for one request or for those of many runs at
// once. What ends the connection ends every request on it with the reason; a request that fails alone
// ends nobody else's. The session owns the socket: close() destroys both.

import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import type { Socket } from 'node:net';
import { type Clock, type Fault, fault, type Timer } from '@holdfast/kernel';
import type { SystemError } from '../dial/connect-fault.ts';
import { closedFault, goawayFault, http2Fault } from '../grpc/http2-fault.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Outcome, ProbeContext } from '../prober.ts';
import { Http2Exchange } from './http2-exchange.ts';
import type { ResponseSink } from './response-parser.ts';

/**
 * A guard far above the limits that exchanges hold themselves: when Node refuses a head it may end the
 * process later, by an assertion on memory that the head still holds.
 */
const HEAD_BYTES_GUARD = 1024 * 1024;
const HEADERS_GUARD = 4000;
/** The default of 64 KiB would measure the window instead of the peer. */
const WINDOW_BYTES = 1024 * 1024;
/** Runs that share one connection, if the peer takes as many. */
const STREAMS_MAX = 100;
/** Far more than an honest peer needs; who sends more settings wants our memory. */
const SETTINGS_MAX = 32;
/** Handing a few bytes to the kernel takes a turn of the loop, unless its buffer is full. */
const FAREWELL_MS = 50;
/** For Node, which wants one; what the server sees is the request's authority. */
const PLACEHOLDER_URL = 'http://localhost';

export class Http2Session {
  /** Why no further request can be made. */
  fault: Fault | undefined;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #session: ClientHttp2Session;
  readonly #exchanges = new Set<Http2Exchange>();
  #unusable: (() => void) | undefined;
  #goneTimer: Timer | undefined;
  #closing = false;

  /** To be made in the turn of the loop in which the socket was connected or secured. */
  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.#session = connect(PLACEHOLDER_URL, {
      createConnection: () => socket,
      maxHeaderListPairs: HEADERS_GUARD,
      maxSettings: SETTINGS_MAX,
      settings: {
        enablePush: false,
        initialWindowSize: WINDOW_BYTES,
        maxHeaderListSize: HEAD_BYTES_GUARD,
      },
    });
    this.#listen();
  }

  /** How many requests may be on their way at once. */
  get streamsMax(): number {
    if (this.fault !== undefined || this.#session.closed || this.#session.destroyed) return 0;
    const { maxConcurrentStreams = STREAMS_MAX } = this.#session.remoteSettings;
    return Math.min(maxConcurrentStreams, STREAMS_MAX);
  }

  /** Calls back once, when no further request can be made. */
  whenUnusable(callback: () => void): void {
    this.#unusable = callback;
    if (this.fault !== undefined) callback();
  }

  exchange(
    sink: ResponseSink,
    bodyBytesMax: number,
    log: PhaseLog,
    context: Pick<ProbeContext, 'signal' | 'clock'>,
  ): Http2Exchange {
    return new Http2Exchange(this, sink, bodyBytesMax, log, context);
  }

  /** The exchange hears of the end of the connection until it leaves. */
  begin(
    exchange: Http2Exchange,
    headers: Record<string, string>,
    endStream: boolean,
  ): Outcome<ClientHttp2Stream> {
    if (this.fault !== undefined) return { ok: false, fault: this.fault };
    try {
      const stream = this.#session.request(headers, { endStream });
      this.#exchanges.add(exchange);
      return { ok: true, value: stream };
    } catch (error) {
      // A session that is going away, or headers that HTTP/2 does not have.
      const text = `The request cannot be sent over HTTP/2: ${(error as Error).message}.`;
      return { ok: false, fault: fault('PROBER_FAILED', text) };
    }
  }

  leave(exchange: Http2Exchange): void {
    this.#exchanges.delete(exchange);
  }

  /** May be called again. What is left to say is said first, but no longer than the farewell. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#goneTimer?.cancel();
    if (this.#socket.destroyed) {
      this.#session.destroy();
      return;
    }
    const bound = this.#clock.after(FAREWELL_MS, () => this.#destroy());
    this.#socket.once('close', () => bound.cancel());
    this.#session.close(() => this.#destroy());
  }

  #destroy(): void {
    this.#session.destroy();
    this.#socket.destroy();
  }

  #listen(): void {
    const [session, socket] = [this.#session, this.#socket];
    session.on('connect', () => {
      if (!session.destroyed) session.setLocalWindowSize(WINDOW_BYTES);
    });
    session.on('goaway', (code, _lastStreamId, said) => {
      // Without an error, requests that the server has taken go on, and it resets those that it has not.
      if (code === 0) this.#refuse(goawayFault(code, said));
      else this.#fail(goawayFault(code, said));
    });
    session.on('error', (error: SystemError) => this.#fail(http2Fault(error, 'wait')));
    socket.on('error', (error: SystemError) => this.#fail(http2Fault(error, 'wait')));
    // Half open sockets do not close by themselves, and Node's session hears only of closed ones.
    socket.on('end', () => this.#gone());
    socket.on('close', () => this.#gone());
    session.on('close', () => this.#gone());
  }

  /** What came before the end may still be on its way through a stream: it has the next turn. */
  #gone(): void {
    this.#refuse(closedFault());
    if (this.#exchanges.size === 0) return;
    const reason = this.fault ?? closedFault();
    this.#goneTimer ??= this.#clock.after(0, () => this.#fail(reason));
  }

  #fail(reason: Fault): void {
    this.#refuse(reason);
    for (const exchange of [...this.#exchanges]) exchange.fail(this.fault ?? reason);
  }

  #refuse(reason: Fault): void {
    if (this.fault !== undefined) return;
    this.fault = reason;
    this.#unusable?.();
  }
}
