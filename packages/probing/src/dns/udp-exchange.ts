// A query and its answer over UDP. The socket is connected, so that the kernel picks a random port,
// drops what others send, and tells of an unreachable port. A query without answer is sent again with
// a fresh id, each wait twice as long as the one before; the answer to any of the sendings counts.
// What answers another question is ignored and counted. The socket is closed in every case.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type Clock, fault, type Timer } from '@holdfast/kernel';
import type { ResultContext } from '@holdfast/resources/result';
import { abortFault } from '../abort.ts';
import { connectFaultCode, meaningOf, type SystemError } from '../dial/connect-fault.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Address, Outcome } from '../prober.ts';
import { matchQuestion } from './dns-answer.ts';
import type { Query } from './query.ts';

export interface DnsBytes {
  bytes: Buffer;
  /** From the sending that was answered to the answer. */
  queryTimeMs: number;
}

export interface UdpSending {
  address: Address;
  port: number;
  /** Sendings at most. */
  tries: number;
  firstWaitMs: number;
}

export interface ExchangeParts {
  clock: Clock;
  signal: AbortSignal;
  log: PhaseLog;
  facts: ResultContext;
}

export class UdpExchange {
  /** Sendings so far. */
  tries = 0;
  ignored = 0;
  readonly #query: Query;
  readonly #sending: UdpSending;
  readonly #parts: ExchangeParts;
  readonly #socket: Socket;
  /** By the id of each sending. */
  readonly #sentAtMs = new Map<number, number>();
  #peer: { address: string; port: number } | undefined;
  #again: Timer | undefined;
  #resolve: ((outcome: Outcome<DnsBytes>) => void) | undefined;

  constructor(query: Query, sending: UdpSending, parts: ExchangeParts) {
    this.#query = query;
    this.#sending = sending;
    this.#parts = parts;
    this.#socket = createSocket(sending.address.version === 6 ? 'udp6' : 'udp4');
  }

  /** To be called once. */
  run(): Promise<Outcome<DnsBytes>> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      const { signal } = this.#parts;
      if (signal.aborted) return this.handleEvent();
      signal.addEventListener('abort', this);
      this.#socket.on('message', (bytes, from) => this.#received(bytes, from));
      this.#socket.on('error', (error: SystemError) => this.#failed(error));
      this.#socket.on('connect', () => this.#connected());
      this.#socket.connect(this.#sending.port, this.#sending.address.ip);
    });
  }

  /** Aborted. */
  handleEvent(): void {
    this.#end({ ok: false, fault: abortFault(this.#parts.signal, 'wait') });
  }

  #connected(): void {
    if (this.#resolve === undefined) return;
    const { facts, log } = this.#parts;
    const peer = this.#socket.remoteAddress();
    this.#peer = peer;
    facts.peerIp = peer.address;
    facts.peerPort = peer.port;
    facts.ipVersion = this.#sending.address.version;
    facts.sourceIp = this.#socket.address().address;
    log.begin('wait');
    this.#send();
  }

  #send(): void {
    const { clock } = this.#parts;
    const { id, bytes } = this.#query.withFreshId();
    this.#sentAtMs.set(id, clock.nowMs());
    const waitMs = this.#sending.firstWaitMs * 2 ** this.tries;
    this.tries += 1;
    this.#socket.send(bytes, (error) => {
      if (error) this.#failed(error);
    });
    if (this.tries < this.#sending.tries) this.#again = clock.after(waitMs, () => this.#send());
  }

  #received(bytes: Buffer, from: RemoteInfo): void {
    const sentAtMs = bytes.length < 2 ? undefined : this.#sentAtMs.get(bytes.readUInt16BE(0));
    // What came between bind and connect can be from anyone.
    const isPeer = from.address === this.#peer?.address && from.port === this.#peer.port;
    const match = isPeer ? matchQuestion(bytes, this.#query.questionKey) : 'no';
    if (sentAtMs === undefined || match === 'no') {
      this.ignored += 1;
    } else if (match === 'unreadable') {
      const message = 'The question in the answer cannot be read.';
      this.#end({ ok: false, fault: fault('PROTOCOL_INVALID_ANSWER', message, 'wait') });
    } else {
      const queryTimeMs = this.#parts.clock.nowMs() - sentAtMs;
      this.#end({ ok: true, value: { bytes, queryTimeMs } });
    }
  }

  #failed(error: SystemError): void {
    const { address, port } = this.#sending;
    const host = address.version === 6 ? `[${address.ip}]` : address.ip;
    const message = `${host}:${port} over UDP: ${meaningOf(error)}.`;
    const code = connectFaultCode(error, address.version);
    this.#end({ ok: false, fault: fault(code, message, 'wait') });
  }

  #end(outcome: Outcome<DnsBytes>): void {
    if (this.#resolve === undefined) return;
    this.#parts.log.end();
    this.#again?.cancel();
    this.#parts.signal.removeEventListener('abort', this);
    this.#socket.close();
    this.#resolve(outcome);
    this.#resolve = undefined;
  }
}
