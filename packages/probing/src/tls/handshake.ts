// Secures a connection. OpenSSL verifies the chain but never ends the handshake for it: the facts of
// a bad certificate are what a person needs most, so they are collected first and the verdict is
// ours afterwards. The `tls` phase is the network's part alone; reading facts is not in it.

import { isIP } from 'node:net';
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { Fault } from '@holdfast/kernel';
import type { TlsSpec } from '@holdfast/resources/compiled-check';
import type { TlsFacts } from '@holdfast/resources/result';
import { abortFault } from '../abort.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Connection, Outcome } from '../prober.ts';
import { peerChain, type SeenCertificate } from './certificate-facts.ts';
import { secureContextFor } from './secure-context.ts';
import { chainFault, type HandshakeError, handshakeFault, nameFault } from './tls-fault.ts';

export interface HandshakeWish {
  /** Sent (when it is a name) and verified. */
  serverName: string;
  spec: TlsSpec;
  alpn: string[];
  /** For a look at the handshake itself: old versions and suites are offered and a staple is asked for. */
  inspection?: HandshakeInspection;
}

export interface HandshakeInspection {
  /** Before the first byte goes out, to listen to the socket's events; must not throw. */
  begun(socket: TLSSocket): void;
}

export interface HandshakeResult {
  outcome: Outcome<SecureStream>;
  /** Whenever the handshake came to its end, also when the certificate does not hold. */
  facts?: TlsFacts;
}

const NO_CERTIFICATE = {} as DetailedPeerCertificate;

/** A secured connection, owned by the caller: its socket must be destroyed. */
export class SecureStream {
  readonly socket: TLSSocket;
  receive: (bytes: Buffer) => void = () => {};

  constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => this.receive(bytes));
  }
}

export function secure(
  connection: Connection,
  wish: HandshakeWish,
  log: PhaseLog,
  signal: AbortSignal,
): Promise<HandshakeResult> {
  return new Promise((resolve) => new Handshake(wish, log, signal, resolve).begin(connection));
}

class Handshake {
  readonly #wish: HandshakeWish;
  readonly #log: PhaseLog;
  readonly #signal: AbortSignal;
  readonly #resolve: (result: HandshakeResult) => void;
  #socket: TLSSocket | undefined;
  #ended = false;

  constructor(
    wish: HandshakeWish,
    log: PhaseLog,
    signal: AbortSignal,
    resolve: (result: HandshakeResult) => void,
  ) {
    this.#wish = wish;
    this.#log = log;
    this.#signal = signal;
    this.#resolve = resolve;
  }

  begin(connection: Connection): void {
    const { spec, inspection } = this.#wish;
    const context = secureContextFor(spec.ca, inspection === undefined ? 'modern' : 'old');
    if (!this.#signal.aborted && context.ok) {
      this.#connect(connection, context.value);
      return;
    }
    connection.socket.destroy();
    this.#refuse(context.ok ? abortFault(this.#signal, 'tls') : context.fault);
  }

  #connect(connection: Connection, secureContext: SecureContext): void {
    const { serverName, alpn, inspection } = this.#wish;
    this.#signal.addEventListener('abort', this);
    this.#log.begin('tls');
    const socket = connect({
      socket: connection.socket,
      secureContext,
      // A server name is a DNS name; for addresses none is sent (RFC 6066 section 3).
      servername: isIP(serverName) === 0 ? serverName : '',
      ALPNProtocols: alpn,
      rejectUnauthorized: false,
      requestOCSP: inspection !== undefined,
      // The name is checked in our verdict.
      checkServerIdentity: () => undefined,
    });
    // Node asks for the whole chain in its old form before it lets us check the name, which takes
    // longer than all our work on a connection. Nobody else asks for it here.
    socket.getPeerCertificate = () => NO_CERTIFICATE;
    this.#socket = socket;
    inspection?.begun(socket);
    socket.once('secureConnect', () => this.#secured(socket));
    socket.on('error', (error: HandshakeError) => this.#fail(handshakeFault(error)));
    socket.on('close', () => this.#fail(handshakeFault({ code: 'ECONNRESET', message: 'closed' })));
  }

  /** Aborted. */
  handleEvent(): void {
    this.#fail(abortFault(this.#signal, 'tls'));
  }

  #secured(socket: TLSSocket): void {
    this.#log.end();
    const chain = peerChain(socket);
    const facts = this.#facts(socket, chain);
    const fault = this.#verdict(socket, chain);
    if (fault !== undefined) {
      facts.verified = false;
      facts.verifyError = fault.message;
    }
    if (fault !== undefined && this.#wish.spec.verify) {
      socket.destroy();
      this.#end({ facts, outcome: { ok: false, fault } });
    } else {
      this.#end({ facts, outcome: { ok: true, value: new SecureStream(socket) } });
    }
  }

  #facts(socket: TLSSocket, chain: readonly SeenCertificate[]): TlsFacts {
    const { serverName } = this.#wish;
    return {
      version: socket.getProtocol() ?? 'unknown',
      cipher: socket.getCipher().standardName,
      ...(socket.alpnProtocol ? { alpn: socket.alpnProtocol } : {}),
      ...(isIP(serverName) === 0 ? { serverName } : {}),
      verified: true,
      chain: chain.map(({ facts }) => facts),
    };
  }

  #verdict(socket: TLSSocket, chain: readonly SeenCertificate[]): Fault | undefined {
    const facts = chain.map((seen) => seen.facts);
    // Node types it as an Error; with rejectUnauthorized off it is OpenSSL's code as text.
    if (!socket.authorized) return chainFault(String(socket.authorizationError), facts);
    const [leaf] = chain;
    const { serverName } = this.#wish;
    const nameHolds = leaf && checkServerIdentity(serverName, leaf.legacy) === undefined;
    return nameHolds ? undefined : nameFault(serverName, leaf?.facts);
  }

  #fail(fault: Fault): void {
    if (this.#ended) return;
    this.#log.end();
    this.#socket?.destroy();
    this.#refuse(fault);
  }

  #refuse(fault: Fault): void {
    this.#end({ outcome: { ok: false, fault } });
  }

  #end(result: HandshakeResult): void {
    this.#ended = true;
    this.#signal.removeEventListener('abort', this);
    this.#resolve(result);
  }
}
