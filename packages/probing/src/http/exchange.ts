// One request and its answer on an open connection: written in one piece, timed in three phases
// (write: until the last byte is with the kernel; wait: until the first byte of the answer;
// transfer: until its last), and over at the answer's end, at an error or at the abort, whichever
// comes first. The socket is destroyed in every case.

import type { Socket } from 'node:net';
import { type Fault, fault } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import { brokenFault, type SystemError } from '../dial/connect-fault.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { ResponseParser } from './response-parser.ts';

/** A connection as the exchange needs it: plain or secured. */
export interface ByteStream {
  readonly socket: Socket;
  /** Where pieces go; their bytes are only valid during the call. */
  receive: (bytes: Buffer) => void;
}

export class Exchange {
  readonly #stream: ByteStream;
  readonly #parser: ResponseParser;
  readonly #log: PhaseLog;
  readonly #signal: AbortSignal;
  #resolve: ((fault: Fault | undefined) => void) | undefined;

  constructor(stream: ByteStream, parser: ResponseParser, log: PhaseLog, signal: AbortSignal) {
    this.#stream = stream;
    this.#parser = parser;
    this.#log = log;
    this.#signal = signal;
  }

  /** undefined = the parser has the whole answer. To be called once. */
  run(request: Buffer): Promise<Fault | undefined> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#signal.aborted) return this.handleEvent();
      this.#listen();
      this.#log.begin('write');
      const { socket } = this.#stream;
      socket.write(request, () => this.#flushed());
      // Nearly always the kernel takes it all at once; the callback comes a turn too late then.
      if (socket.writableLength === 0) this.#flushed();
    });
  }

  /** Aborted. */
  handleEvent(): void {
    this.#end(abortFault(this.#signal, this.#log.running));
  }

  #listen(): void {
    const { socket } = this.#stream;
    this.#signal.addEventListener('abort', this);
    this.#stream.receive = (bytes) => this.#receive(bytes);
    socket.on('end', () => this.#closed());
    socket.on('close', () => this.#closed());
    socket.on('error', (error: SystemError) => this.#broken(error));
  }

  #flushed(): void {
    if (this.#log.running === 'write') this.#log.begin('wait');
  }

  #receive(bytes: Buffer): void {
    if (this.#resolve === undefined) return;
    if (this.#log.running !== 'transfer') this.#log.begin('transfer');
    this.#parser.feed(bytes);
    if (this.#parser.ended) this.#end(this.#problem());
  }

  #closed(): void {
    if (this.#resolve === undefined) return;
    this.#parser.close();
    this.#end(this.#problem());
  }

  #broken(error: SystemError): void {
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
    this.#stream.socket.destroy();
    this.#resolve?.(outcome);
    this.#resolve = undefined;
  }
}
