// One connection of a TCP check from its opening to its end, plain at first and secured when the
// check says so. It owns the socket: whatever happens, close lets go of it.

import type { Socket } from 'node:net';
import { type Fault, fault } from '@holdfast/kernel';
import type { TcpSpec, TlsSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { part } from '../dial/part.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Connection, ProbeContext } from '../prober.ts';
import { talkPlain } from '../start-tls/plain-dialogue.ts';
import { startTlsScript } from '../start-tls/start-tls-script.ts';
import { secure } from '../tls/handshake.ts';
import { Peer } from './peer.ts';

const BYTES_MAX_DEFAULT = 64 * 1024;
const VERIFIED: TlsSpec = { verify: true };

export class TcpSession {
  readonly log: PhaseLog;
  readonly facts: ResultContext;
  readonly bytesMax: number;
  peer: Peer;
  readonly #spec: TcpSpec;
  readonly #context: ProbeContext;
  readonly #connection: Connection;
  #socket: Socket;

  /** To be made in the turn of the loop in which the connection came. */
  constructor(
    spec: TcpSpec,
    context: ProbeContext,
    connection: Connection,
    log: PhaseLog,
    facts: ResultContext,
  ) {
    this.#spec = spec;
    this.#context = context;
    this.#connection = connection;
    this.log = log;
    this.facts = facts;
    this.bytesMax = spec.bytesMax ?? BYTES_MAX_DEFAULT;
    this.#socket = connection.socket;
    this.peer = new Peer(connection, log, context.signal, this.bytesMax);
  }

  redact(text: string): string {
    return this.#context.secrets.redact(text);
  }

  /** The known dialogue of a protocol, then TLS. */
  async startTls(): Promise<Fault | undefined> {
    const { startTls } = this.#spec;
    if (startTls === undefined) return undefined;
    const { socket } = this.#connection;
    const script = startTlsScript(startTls, socket.localAddress ?? '127.0.0.1');
    const heard = this.peer.unread();
    this.peer.leave();
    if (this.peer.hasEnded) {
      return fault(
        'PROTOCOL_CLOSED_EARLY',
        'It closed the connection before TLS could begin.',
        'wait',
      );
    }
    const refused = await talkPlain(
      this.#connection,
      script,
      this.log,
      this.#context.signal,
      heard,
    );
    return refused ?? this.#shakeHands();
  }

  /** What follows the agreement in plain could be from somebody between us and the server. */
  async secure(): Promise<Fault | undefined> {
    if (this.facts.tls !== undefined) {
      return fault('PROBER_INVALID_CHECK', 'The connection is secured already.');
    }
    if (this.peer.unread().length > 0) {
      const message = 'The peer went on in plain after TLS was agreed on.';
      return fault('PROTOCOL_INVALID_ANSWER', message, this.log.running);
    }
    this.peer.leave();
    return this.#shakeHands();
  }

  /** In good order, or at once. Never rejects. */
  async close(inGoodOrder: boolean): Promise<void> {
    this.peer.leave();
    if (inGoodOrder) await part(this.#socket, this.#context.signal);
    this.#socket.destroy();
  }

  async #shakeHands(): Promise<Fault | undefined> {
    const { tls = VERIFIED, host } = this.#spec;
    const wish = { serverName: tls.serverName ?? host, spec: tls, alpn: [] };
    const { signal } = this.#context;
    const secured = await secure(this.#connection, wish, this.log, this.#context);
    if (secured.facts !== undefined) this.facts.tls = secured.facts;
    if (!secured.outcome.ok) return secured.outcome.fault;
    const stream = secured.outcome.value;
    this.#socket = stream.socket;
    this.peer = new Peer(stream, this.log, signal, this.bytesMax);
    return undefined;
  }
}
