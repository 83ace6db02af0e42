// An HTTP/2 session over a socket that was dialled here, for one call after another. Whatever ends
// the connection, the abort included, ends the call that is going on with the reason, at once. The
// session is the owner of the socket: close() destroys both.

import { type ClientHttp2Session, connect } from 'node:http2';
import type { Socket } from 'node:net';
import { type Clock, type Fault, fault, type PhaseName, type Timer } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import type { SystemError } from '../dial/connect-fault.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Outcome, ProbeContext } from '../prober.ts';
import { closedFault, goawayFault, http2Fault } from './http2-fault.ts';
import type { Metadata } from './metadata.ts';
import { Rpc, type RpcConnection, type RpcListener } from './rpc.ts';

export interface GrpcTarget {
  secure: boolean;
  /** `host:port` as the server is told. */
  authority: string;
}

/** Far above any honest set of headers; nghttp2 refuses more. */
const HEADER_BYTES_MAX = 64 * 1024;
/** Enough for one large message a round trip; the default of 64 KiB would measure the window. */
const WINDOW_BYTES = 1024 * 1024;
/** Handing a few bytes to the kernel takes a turn of the loop, unless its buffer is full. */
const FAREWELL_MS = 50;
/** For Node, which wants one; what the server sees is the target's authority. */
const PLACEHOLDER_URL = 'http://localhost';

export class GrpcSession implements RpcConnection {
  fault: Fault | undefined;
  readonly #socket: Socket;
  readonly #target: GrpcTarget;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #log: PhaseLog;
  readonly #session: ClientHttp2Session;
  #rpc: Rpc | undefined;
  #goneTimer: Timer | undefined;
  #closing = false;

  /** To be made in the turn of the loop in which the socket was connected or secured. */
  constructor(
    socket: Socket,
    target: GrpcTarget,
    { signal, clock }: Pick<ProbeContext, 'signal' | 'clock'>,
    log: PhaseLog,
  ) {
    this.#socket = socket;
    this.#target = target;
    this.#signal = signal;
    this.#clock = clock;
    this.#log = log;
    this.#session = connect(PLACEHOLDER_URL, {
      createConnection: () => socket,
      settings: {
        enablePush: false,
        initialWindowSize: WINDOW_BYTES,
        maxHeaderListSize: HEADER_BYTES_MAX,
      },
    });
    this.#listen();
    if (signal.aborted) this.handleEvent();
    else signal.addEventListener('abort', this);
  }

  get phase(): PhaseName {
    return this.#log.running ?? 'wait';
  }

  /** Begins a call. One call at a time: the last one gets to know of failures. */
  call(headers: Metadata, messageBytesMax: number, listener: RpcListener): Outcome<Rpc> {
    if (this.fault !== undefined) return { ok: false, fault: this.fault };
    const { secure, authority } = this.#target;
    try {
      const scheme = secure ? 'https' : 'http';
      const sent = { ':scheme': scheme, ':authority': authority, ...headers };
      const stream = this.#session.request(sent, { endStream: false });
      const rpc = new Rpc(stream, this, listener, messageBytesMax);
      this.#rpc = rpc;
      return { ok: true, value: rpc };
    } catch (error) {
      // A session that is going away, or headers that Node holds for impossible.
      return { ok: false, fault: fault('PROBER_FAILED', `No call: ${(error as Error).message}.`) };
    }
  }

  /** Aborted. */
  handleEvent(): void {
    this.#fail(abortFault(this.#signal, this.#log.running));
    this.close();
  }

  /**
   * May be called again. What is left to say (the call is cancelled, GOAWAY) is said first; a peer
   * that reads nothing is not waited for longer than the farewell.
   */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#signal.removeEventListener('abort', this);
    this.#goneTimer?.cancel();
    const bound = this.#clock.after(FAREWELL_MS, () => this.#destroy());
    this.#socket.once('close', () => bound.cancel());
    if (this.#socket.destroyed) bound.cancel();
    if (this.#rpc === undefined || this.#socket.destroyed) this.#session.destroy();
    else this.#rpc.whenClosed(() => this.#session.destroy());
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
      // Without an error, calls that the server has taken go on, and it resets those that it has not.
      if (code === 0) this.fault ??= goawayFault(code, said);
      else this.#fail(goawayFault(code, said));
    });
    session.on('error', (error: SystemError) => this.#fail(http2Fault(error, this.phase)));
    socket.on('error', (error: SystemError) => this.#fail(http2Fault(error, this.phase)));
    // Half open sockets do not close by themselves, and Node's session hears only of closed ones.
    socket.on('end', () => this.#gone());
    socket.on('close', () => this.#gone());
  }

  /** What came before the end may still be on its way through the stream: it has the next turn. */
  #gone(): void {
    this.fault ??= closedFault();
    const reason = this.fault;
    this.#goneTimer ??= this.#clock.after(0, () => this.#fail(reason));
  }

  #fail(reason: Fault): void {
    this.fault ??= reason;
    this.#rpc?.fail(this.fault);
  }
}
