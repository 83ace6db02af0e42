// A query and its answer on an open connection, TCP or TLS above it: sent in one piece, waited for until the first
// byte, transferred until the last. What answers another question is ignored and counted. The socket
// is destroyed in every case.

import { type Fault, fault } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import type { ByteStream } from '../byte-stream.ts';
import { brokenFault, type SystemError } from '../dial/connect-fault.ts';
import type { Outcome } from '../prober.ts';
import { matchQuestion } from './dns-answer.ts';
import { FrameCollector, framed } from './length-framing.ts';
import type { Query } from './query.ts';
import type { DnsBytes, ExchangeParts } from './udp-exchange.ts';

export class TcpExchange {
  ignored = 0;
  readonly #query: Query;
  readonly #connection: ByteStream;
  readonly #parts: ExchangeParts;
  readonly #collector = new FrameCollector();
  #id = 0;
  #sentAtMs = 0;
  #resolve: ((outcome: Outcome<DnsBytes>) => void) | undefined;

  constructor(query: Query, connection: ByteStream, parts: ExchangeParts) {
    this.#query = query;
    this.#connection = connection;
    this.#parts = parts;
  }

  /** To be called once, in the same turn in which the connection was made. */
  run(): Promise<Outcome<DnsBytes>> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#parts.signal.aborted) return this.handleEvent();
      this.#listen();
      const { id, bytes } = this.#query.withFreshId();
      this.#id = id;
      this.#parts.log.begin('wait');
      this.#sentAtMs = this.#parts.clock.nowMs();
      this.#connection.socket.write(framed(bytes));
    });
  }

  /** Aborted. */
  handleEvent(): void {
    this.#fail(abortFault(this.#parts.signal, this.#parts.log.running ?? 'wait'));
  }

  #listen(): void {
    const { socket } = this.#connection;
    this.#parts.signal.addEventListener('abort', this);
    this.#connection.receive = (bytes) => this.#received(bytes);
    socket.on('end', () => this.#closed());
    socket.on('close', () => this.#closed());
    socket.on('error', (error: SystemError) =>
      this.#fail(brokenFault(error, this.#parts.log.running ?? 'wait')),
    );
  }

  #received(piece: Buffer): void {
    if (this.#resolve === undefined) return;
    if (this.#parts.log.running === 'wait') this.#parts.log.begin('transfer');
    for (const message of this.#collector.feed(piece)) {
      this.#judge(message);
      if (this.#resolve === undefined) return;
    }
  }

  #judge(bytes: Buffer): void {
    const isOurs = bytes.length >= 2 && bytes.readUInt16BE(0) === this.#id;
    const match = isOurs ? matchQuestion(bytes, this.#query.questionKey) : 'no';
    if (match === 'no') {
      this.ignored += 1;
    } else if (match === 'unreadable') {
      const message = 'The question in the answer cannot be read.';
      this.#fail(fault('PROTOCOL_INVALID_ANSWER', message, 'transfer'));
    } else {
      const queryTimeMs = this.#parts.clock.nowMs() - this.#sentAtMs;
      this.#end({ ok: true, value: { bytes, queryTimeMs } });
    }
  }

  #closed(): void {
    const where = this.#collector.inMessage ? 'in the middle of an answer' : 'without an answer';
    const message = `The server closed the connection ${where}.`;
    this.#fail(fault('PROTOCOL_CLOSED_EARLY', message, this.#parts.log.running));
  }

  #fail(reason: Fault): void {
    this.#end({ ok: false, fault: reason });
  }

  #end(outcome: Outcome<DnsBytes>): void {
    if (this.#resolve === undefined) return;
    this.#parts.log.end();
    this.#parts.signal.removeEventListener('abort', this);
    this.#connection.socket.destroy();
    this.#resolve(outcome);
    this.#resolve = undefined;
  }
}
