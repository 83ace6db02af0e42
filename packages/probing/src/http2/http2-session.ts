// An HTTP/2 session as a client (RFC 9113) over a connection that was made here, for one request or for
// those of many runs at once. What ends the connection ends every request on it with the reason; a
// request that fails alone ends nobody else's. The session owns the socket: close() destroys it.
// It is our own because Node's aborts the process when a server resets a stream amid its header block.

import { type Clock, type Fault, fault, type PhaseName, type Timer } from '@holdfast/kernel';
import type { ByteStream } from '../byte-stream.ts';
import { brokenFault, type SystemError } from '../dial/connect-fault.ts';
import type { Outcome } from '../prober.ts';
import { HEAD_BYTES_MAX } from './field-section.ts';
import { clientPreface, ERROR, goawayFrame, SETTING } from './frame.ts';
import { closedFault, violationFault } from './http2-fault.ts';
import { type Http2Listener, type Http2Stream, WINDOW_BYTES } from './http2-stream.ts';
import { Incoming } from './incoming.ts';
import { Outbox } from './outbox.ts';
import { Streams } from './streams.ts';
import type { Violation } from './violation.ts';

/** Runs that share one connection, if the peer takes as many. */
const STREAMS_MAX = 100;
/** Handing a few bytes to the kernel takes a turn of the loop, unless its buffer is full. */
const FAREWELL_MS = 50;
const PREFACE = clientPreface([
  [SETTING.enablePush, 0],
  [SETTING.initialWindowBytes, WINDOW_BYTES],
  [SETTING.headerListBytesMax, HEAD_BYTES_MAX],
]);

export class Http2Session {
  /** Why no further request can be made. */
  fault: Fault | undefined;
  readonly #connection: ByteStream;
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #streams: Streams;
  readonly #incoming: Incoming;
  /** Told to the peer in the end. */
  #verdict: number = ERROR.none;
  #unusable: (() => void) | undefined;
  #farewell: Timer | undefined;
  #closing = false;

  /** To be made in the turn of the loop in which the socket was connected or secured. */
  constructor(connection: ByteStream, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#outbox = new Outbox(connection.socket);
    this.#outbox.add(PREFACE);
    this.#streams = new Streams(this.#outbox, {
      useful: () => this.#incoming.useful(),
      sentAway: (reason, failed) => (failed ? this.#fail(() => reason) : this.#refuse(reason)),
    });
    this.#incoming = new Incoming(this.#streams);
    this.#listen();
  }

  /** How many requests may be on their way at once. */
  get streamsMax(): number {
    return this.fault === undefined ? Math.min(this.#streams.streamsMax, STREAMS_MAX) : 0;
  }

  /** Calls back once, when no further request can be made. */
  whenUnusable(callback: () => void): void {
    this.#unusable = callback;
    if (this.fault !== undefined) callback();
  }

  /** `block`: see encodeFields. A body is sent on the stream; without one the request is whole. */
  request(block: Buffer, listener: Http2Listener, hasBody: boolean): Outcome<Http2Stream> {
    if (this.fault !== undefined) return { ok: false, fault: this.fault };
    const stream = this.#streams.open(block, listener, hasBody);
    if (this.#streams.usedUp) this.#refuse(closedFault());
    // With a body, what there is of it goes along.
    if (!hasBody) this.#outbox.flush();
    return { ok: true, value: stream };
  }

  /** May be called again. What is left to say is said first, but for no longer than the farewell. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#incoming.stop();
    this.#fail(() => fault('PROBER_CALLED_OFF', 'The connection was closed on our side.'));
    const { socket } = this.#connection;
    const end = () => {
      this.#farewell?.cancel();
      socket.destroy();
    };
    this.#farewell = this.#clock.after(FAREWELL_MS, end);
    socket.once('close', end);
    this.#outbox.add(goawayFrame(this.#verdict), end);
    this.#outbox.uncork();
    if (socket.destroyed || socket.writableEnded) end();
  }

  #listen(): void {
    const { socket } = this.#connection;
    this.#connection.receive = (bytes) => this.#received(bytes);
    socket.on('error', (error: SystemError) => this.#broken(error));
    // Half open sockets do not close by themselves.
    socket.on('end', () => this.#fail(closedFault));
    socket.on('close', () => this.#fail(closedFault));
  }

  #received(bytes: Buffer): void {
    this.#outbox.cork();
    const violation = this.#incoming.feed(bytes);
    if (violation !== undefined) this.#accuse(violation);
    this.#outbox.uncork();
  }

  #accuse(violation: Violation): void {
    this.#verdict = violation.code;
    this.#incoming.stop();
    this.#fail(() => violationFault(violation));
  }

  #broken(error: SystemError): void {
    this.#fail((phase) => brokenFault(error, phase));
  }

  /** A session that was sent away keeps that reason for the requests that its end cuts. */
  #fail(reasonFor: (phase: PhaseName) => Fault): void {
    const earlier = this.fault;
    this.#refuse(reasonFor('wait'));
    this.#streams.failAll(({ phase = 'wait' }) => earlier ?? reasonFor(phase));
  }

  #refuse(reason: Fault): void {
    if (this.fault !== undefined) return;
    this.fault = reason;
    this.#unusable?.();
  }
}
