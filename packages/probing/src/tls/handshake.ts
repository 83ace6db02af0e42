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
import type { ClientCertificate, TlsSpec } from '@holdfast/resources/compiled-check';
import type { TlsFacts } from '@holdfast/resources/result';
import { abortFault, untilAborted } from '../abort.ts';
import type { SystemError } from '../dial/connect-fault.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Connection, Outcome, ProbeContext } from '../prober.ts';
import { gatherEvidence } from '../tls-kind/tls-evidence.ts';
import type { TlsVerification } from '../tls-kind/tls-policy.ts';
import { peerChain, type SeenCertificate } from './certificate-facts.ts';
import { secureContextFor } from './secure-context.ts';
import { auditedFacts, auditedVerdict, type TlsAuditRecord } from './tls-audit.ts';
import { chainFault, handshakeFault, nameFault } from './tls-fault.ts';

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

/** What of a run's context a handshake needs. */
export type HandshakeContext = Pick<
  ProbeContext,
  'signal' | 'secrets' | 'clock' | 'audit' | 'verification'
>;

export interface HandshakeResult {
  outcome: Outcome<SecureStream>;
  /** Whenever the handshake came to its end, also when the certificate does not hold. */
  facts?: TlsFacts;
}

/** What is asked here of every certificate; kind `tls` has policies of its own and asks more. */
const POLICY_NAME = 'chain and name';
const NO_CERTIFICATE = {} as DetailedPeerCertificate;
const CLOSED: SystemError = { code: 'ECONNRESET', message: 'closed' };

interface Decision {
  /** Absent: trusted. */
  fault: Fault | undefined;
  revocation: TlsAuditRecord['revocation'];
}

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
  context: HandshakeContext,
): Promise<HandshakeResult> {
  return new Promise((resolve) => {
    new Handshake(connection, wish, log, context, resolve).begin();
  });
}

class Handshake {
  readonly #connection: Connection;
  readonly #wish: HandshakeWish;
  readonly #context: HandshakeContext;
  readonly #log: PhaseLog;
  readonly #signal: AbortSignal;
  readonly #resolve: (result: HandshakeResult) => void;
  #socket: TLSSocket | undefined;
  #staple: Buffer | undefined;
  #ended = false;

  constructor(
    connection: Connection,
    wish: HandshakeWish,
    log: PhaseLog,
    context: HandshakeContext,
    resolve: (result: HandshakeResult) => void,
  ) {
    this.#connection = connection;
    this.#wish = wish;
    this.#log = log;
    this.#context = context;
    this.#signal = context.signal;
    this.#resolve = resolve;
  }

  begin(): void {
    const { client } = this.#wish.spec;
    if (client === undefined) this.#beginAs(undefined);
    else void this.#beginAsClient(client);
  }

  /** The key is read at each run, so that a renewed one counts from the next run on. */
  async #beginAsClient(client: ClientCertificate): Promise<void> {
    // What the peer says meanwhile stays in the kernel until TLS reads it.
    this.#connection.socket.pause();
    const filled = await untilAborted(this.#filled(client), this.#signal, 'tls');
    if (filled.ok) this.#beginAs(filled.value);
    else this.#giveUp(filled.fault);
  }

  async #filled(client: ClientCertificate): Promise<Outcome<ClientCertificate>> {
    const { secrets } = this.#context;
    const certificate = await secrets.fill(client.certificate);
    if (!certificate.ok) return certificate;
    const key = await secrets.fill(client.key);
    if (!key.ok) return key;
    return { ok: true, value: { certificate: certificate.value, key: key.value } };
  }

  #beginAs(client: ClientCertificate | undefined): void {
    const { spec, inspection } = this.#wish;
    const offer = inspection === undefined ? 'modern' : 'old';
    const secureContext = secureContextFor(spec.ca, offer, client);
    if (this.#signal.aborted) this.#giveUp(abortFault(this.#signal, 'tls'));
    else if (!secureContext.ok) this.#giveUp(secureContext.fault);
    else if (this.#connection.socket.destroyed) this.#giveUp(handshakeFault(CLOSED));
    else this.#connect(secureContext.value);
  }

  #giveUp(fault: Fault): void {
    this.#connection.socket.destroy();
    this.#refuse(fault);
  }

  #connect(secureContext: SecureContext): void {
    const { serverName, alpn, inspection } = this.#wish;
    const { verification } = this.#context;
    this.#signal.addEventListener('abort', this);
    this.#log.begin('tls');
    const socket = connect({
      socket: this.#connection.socket,
      secureContext,
      // A server name is a DNS name; for addresses none is sent (RFC 6066 section 3).
      servername: isIP(serverName) === 0 ? serverName : '',
      ALPNProtocols: alpn,
      rejectUnauthorized: false,
      requestOCSP: inspection !== undefined || verification !== undefined,
      // The name is checked in our verdict.
      checkServerIdentity: () => undefined,
    });
    // Node asks for the whole chain in its old form before it lets us check the name, which takes
    // longer than all our work on a connection. Nobody else asks for it here.
    socket.getPeerCertificate = () => NO_CERTIFICATE;
    this.#socket = socket;
    inspection?.begun(socket);
    if (verification !== undefined) this.#keepStaple(socket);
    socket.once('secureConnect', () => this.#secured(socket));
    socket.on('error', (error: SystemError) => this.#fail(handshakeFault(error)));
    socket.on('close', () => this.#fail(handshakeFault(CLOSED)));
  }

  /** Aborted. */
  handleEvent(): void {
    this.#fail(abortFault(this.#signal, 'tls'));
  }

  #secured(socket: TLSSocket): void {
    this.#log.end();
    const { audit, clock } = this.#context;
    const startMs = audit === undefined ? 0 : clock.nowMs();
    const chain = peerChain(socket);
    const facts = this.#facts(socket, chain);
    const { fault, revocation } = this.#decide(socket, chain, facts);
    if (fault !== undefined) {
      facts.verified = false;
      facts.verifyError = fault.message;
    }
    // Whoever inspects has a verdict of their own, and tells it.
    if (audit !== undefined && this.#wish.inspection === undefined) {
      this.#tell(facts, fault, revocation, clock.nowMs() - startMs);
    }
    if (fault !== undefined && this.#wish.spec.verify) {
      socket.destroy();
      this.#end({ facts, outcome: { ok: false, fault } });
    } else {
      this.#end({ facts, outcome: { ok: true, value: new SecureStream(socket) } });
    }
  }

  #tell(
    facts: TlsFacts,
    fault: Fault | undefined,
    revocation: TlsAuditRecord['revocation'],
    verificationMs: number,
  ): void {
    const { audit, clock, verification } = this.#context;
    const { serverName, spec } = this.#wish;
    const { address, port } = this.#connection;
    audit?.({
      atMs: clock.wallMs(),
      peerIp: address.ip,
      peerPort: port,
      serverName,
      policy: verification?.policy.name ?? POLICY_NAME,
      ...auditedVerdict(fault),
      enforced: spec.verify,
      ...auditedFacts(facts),
      revocation,
      verificationMs,
    });
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

  #keepStaple(socket: TLSSocket): void {
    socket.once('OCSPResponse', (staple: Buffer | null | undefined) => {
      if (staple !== null && staple !== undefined) this.#staple = Buffer.from(staple);
    });
  }

  /** Whoever inspects asks a policy afterwards. */
  #decide(socket: TLSSocket, chain: readonly SeenCertificate[], facts: TlsFacts): Decision {
    const { verification } = this.#context;
    if (verification === undefined || this.#wish.inspection !== undefined) {
      return { fault: this.#verdict(socket, chain), revocation: 'unknown' };
    }
    return this.#decideBy(verification, socket, facts);
  }

  #decideBy(
    { policy, revocations }: TlsVerification,
    socket: TLSSocket,
    facts: TlsFacts,
  ): Decision {
    const { serverName, spec } = this.#wish;
    const about = { serverName, atMs: this.#context.clock.wallMs() };
    const shown = { ...about, socket, facts, ca: spec.ca, staple: this.#staple };
    const evidence = gatherEvidence(shown, revocations);
    const verdict = policy.verify(evidence, about);
    const revocation = evidence.revocation.status ?? 'unknown';
    return { fault: verdict.trusted ? undefined : verdict.fault, revocation };
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
