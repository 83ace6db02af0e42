// One request and its answer on an open connection: written in one piece, timed in three phases
// (write: until the last byte is with the kernel; wait: until the first byte of the answer;
// transfer: until its last), and over at the answer's end, at an error or at the abort, whichever
// comes first. The socket is destroyed in every case, unless it is a kept one and the answer ended so
// that another request can follow; a body that is held back goes out when the peer asks for it.

import type { Socket } from 'node:net';
import { type Clock, type Fault, fault, type Timer } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import { brokenFault, type SystemError } from '../dial/connect-fault.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { ProbeContext } from '../prober.ts';
import type { HttpRequest } from './http-request.ts';
import type { ResponseParser } from './response-parser.ts';

/** Hears of one connection. */
export interface StreamListener {
  /** The bytes are only valid during the call. */
  received(bytes: Buffer): void;
  closed(): void;
  broken(error: SystemError): void;
}

/** A connection as the exchange needs it: plain or secured. */
export interface ByteStream {
  readonly socket: Socket;
  /** Where pieces go; their bytes are only valid during the call. */
  receive: (bytes: Buffer) => void;
  /** Of a connection that is kept: its owner listens to it, and tells the one who uses it. */
  attach?(listener: StreamListener): void;
  detach?(): void;
}

const CONTINUE = 100;

export class Exchange implements StreamListener {
  /** Whether anything of an answer came. */
  answered = false;
  readonly #stream: ByteStream;
  readonly #parser: ResponseParser;
  readonly #log: PhaseLog;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  /** The body, while the peer has not asked for it. */
  #held: Buffer | undefined;
  #patience: Timer | undefined;
  #resolve: ((fault: Fault | undefined) => void) | undefined;

  constructor(
    stream: ByteStream,
    parser: ResponseParser,
    log: PhaseLog,
    { signal, clock }: Pick<ProbeContext, 'signal' | 'clock'>,
  ) {
    this.#stream = stream;
    this.#parser = parser;
    this.#log = log;
    this.#signal = signal;
    this.#clock = clock;
    parser.onInterim = (status) => this.#interim(status);
  }

  /** undefined = the parser has the whole answer. To be called once. */
  run(request: Pick<HttpRequest, 'bytes' | 'held'>): Promise<Fault | undefined> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#signal.aborted) return this.handleEvent();
      this.#listen();
      this.#write(request.bytes);
      if (request.held !== undefined) this.#hold(request.held);
    });
  }

  /** Whether the connection can serve another request. */
  get reusable(): boolean {
    const { socket } = this.#stream;
    const said = this.#held === undefined && socket.writableLength === 0;
    return said && this.#parser.persistent && !socket.destroyed;
  }

  /** Aborted. */
  handleEvent(): void {
    this.#end(abortFault(this.#signal, this.#log.running));
  }

  #listen(): void {
    const { socket } = this.#stream;
    this.#signal.addEventListener('abort', this);
    if (this.#stream.attach !== undefined) {
      this.#stream.attach(this);
      return;
    }
    this.#stream.receive = (bytes) => this.received(bytes);
    socket.on('end', () => this.closed());
    socket.on('close', () => this.closed());
    socket.on('error', (error: SystemError) => this.broken(error));
  }

  #write(bytes: Buffer): void {
    this.#log.begin('write');
    const { socket } = this.#stream;
    socket.write(bytes, () => this.#flushed());
    // Nearly always the kernel takes it all at once; the callback comes a turn too late then.
    if (socket.writableLength === 0) this.#flushed();
  }

  #hold({ bytes, patienceMs }: { bytes: Buffer; patienceMs: number }): void {
    this.#held = bytes;
    this.#patience = this.#clock.after(patienceMs, () => this.#release());
  }

  /** Peers that do not know of the question never answer it: then the body goes out all the same. */
  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#patience?.cancel();
    if (held !== undefined && this.#resolve !== undefined) this.#write(held);
  }

  /** An answer before the answer (RFC 9110 section 15.2): the wait goes on. */
  #interim(status: number): void {
    this.#log.begin('wait');
    if (status === CONTINUE) this.#release();
  }

  #flushed(): void {
    if (this.#log.running === 'write') this.#log.begin('wait');
  }

  received(bytes: Buffer): void {
    if (this.#resolve === undefined) return;
    this.answered = true;
    if (this.#log.running !== 'transfer') this.#log.begin('transfer');
    this.#parser.feed(bytes);
    if (this.#parser.ended) this.#end(this.#problem());
  }

  closed(): void {
    if (this.#resolve === undefined) return;
    this.#parser.close();
    this.#end(this.#problem());
  }

  broken(error: SystemError): void {
    if (this.#resolve !== undefined) this.#end(brokenFault(error, this.#log.running ?? 'wait'));
  }

  #problem(): Fault | undefined {
    const problem = this.#parser.problem;
    if (problem === undefined) return undefined;
    const message = `${problem.message.charAt(0).toUpperCase()}${problem.message.slice(1)}.`;
    return fault(problem.code, message, this.#log.running);
  }

  #end(outcome: Fault | undefined): void {
    this.#log.end();
    this.#signal.removeEventListener('abort', this);
    this.#patience?.cancel();
    if (this.#stream.detach === undefined) this.#stream.socket.destroy();
    else this.#stream.detach();
    this.#resolve?.(outcome);
    this.#resolve = undefined;
  }
}
