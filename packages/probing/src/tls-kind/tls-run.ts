// One TLS measurement: the way there, the talk in plain where one is wanted, the handshake, then our
// verification of what it showed. Nothing is said once the connection is secured. It never throws for
// what the target does, and leaves no socket behind.

import type { TLSSocket } from 'node:tls';
import type { Fault } from '@holdfast/kernel';
import type { TlsCheckSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext, TlsFacts } from '@holdfast/resources/result';
import { part } from '../dial/part.ts';
import { reach } from '../dial/reach.ts';
import { PhaseLog } from '../phase-log.ts';
import type { Connection, ProbeContext } from '../prober.ts';
import { talkPlain } from '../start-tls/plain-dialogue.ts';
import { startTlsScript } from '../start-tls/start-tls-script.ts';
import { secure } from '../tls/handshake.ts';
import { auditedFacts, auditedVerdict } from '../tls/tls-audit.ts';
import { HandshakeMarks } from './handshake-marks.ts';
import { gatherEvidence, type TlsEvidence } from './tls-evidence.ts';
import { type TlsObservation, tlsDetail } from './tls-observation.ts';
import type { TlsVerdict, TlsVerification } from './tls-policy.ts';

export class TlsRun {
  readonly #verification: TlsVerification;
  readonly #spec: TlsCheckSpec;
  readonly #context: ProbeContext;
  readonly #serverName: string;
  readonly #log: PhaseLog;
  readonly #marks: HandshakeMarks;
  readonly #facts: ResultContext = {};
  #secured: TLSSocket | undefined;
  #evidence: TlsEvidence | undefined;
  #detail: Record<string, unknown>;

  constructor(verification: TlsVerification, spec: TlsCheckSpec, context: ProbeContext) {
    this.#verification = context.verification ?? verification;
    this.#spec = spec;
    this.#context = context;
    this.#serverName = spec.tls.serverName ?? spec.host;
    this.#log = new PhaseLog(context);
    this.#marks = new HandshakeMarks(context.clock);
    this.#detail = spec.startTls === undefined ? {} : { start_tls: spec.startTls };
  }

  /** To be called once. */
  async run(): Promise<TlsObservation> {
    try {
      const observation = this.#observation(await this.#measure());
      // Our last flight is still on its way out: destroyed now, the handshake would fail for the server.
      if (this.#secured !== undefined) await part(this.#secured, this.#context.signal);
      return observation;
    } finally {
      this.#secured?.destroy();
    }
  }

  #observation(failure: Fault | undefined): TlsObservation {
    return {
      totalMs: this.#log.totalMs(),
      phases: this.#log.phases,
      context: this.#facts,
      detail: this.#detail,
      atMs: this.#context.clock.wallMs(),
      ...(this.#evidence === undefined ? {} : { evidence: this.#evidence }),
      ...(failure === undefined ? {} : { fault: failure }),
    };
  }

  async #measure(): Promise<Fault | undefined> {
    const reached = await reach(this.#spec, this.#context, this.#log, this.#facts);
    if (!reached.ok) return reached.fault;
    const refused = await this.#talk(reached.value);
    return refused ?? this.#shakeHands(reached.value);
  }

  async #talk(connection: Connection): Promise<Fault | undefined> {
    const { startTls } = this.#spec;
    if (startTls === undefined) return undefined;
    const script = startTlsScript(startTls, connection.socket.localAddress ?? '127.0.0.1');
    return talkPlain(connection, script, this.#log, this.#context.signal);
  }

  async #shakeHands(connection: Connection): Promise<Fault | undefined> {
    const { tls, alpn } = this.#spec;
    // A bad chain must not end it: the evidence is gathered first and the policy decides.
    const spec = { ...tls, verify: false };
    const wish = { serverName: this.#serverName, spec, alpn, inspection: this.#marks };
    const secured = await secure(connection, wish, this.#log, this.#context);
    if (secured.facts !== undefined) this.#facts.tls = secured.facts;
    if (!secured.outcome.ok) return secured.outcome.fault;
    this.#secured = secured.outcome.value.socket;
    return secured.facts && this.#verify(this.#secured, secured.facts);
  }

  #verify(socket: TLSSocket, tls: TlsFacts): Fault | undefined {
    const atMs = this.#context.clock.wallMs();
    const { policy, revocations } = this.#verification;
    const about = { serverName: this.#serverName, atMs };
    const { ca } = this.#spec.tls;
    const shown = { ...about, socket, facts: tls, ca, staple: this.#marks.staple };
    const evidence = gatherEvidence(shown, revocations);
    const verdict = policy.verify(evidence, about);
    this.#note(tls, verdict);
    const verificationMs = this.#marks.verificationMs();
    const times = { verificationMs, chainVerifiedMs: this.#marks.sinceBegunMs() };
    this.#evidence = evidence;
    this.#detail = tlsDetail(this.#spec, evidence, this.#marks, times, atMs);
    this.#tell(evidence, verdict, verificationMs);
    return verdict.trusted || !this.#spec.tls.verify ? undefined : verdict.fault;
  }

  #tell({ tls, revocation }: TlsEvidence, verdict: TlsVerdict, verificationMs: number): void {
    const { peerIp = '', peerPort = 0 } = this.#facts;
    this.#context.audit?.({
      atMs: this.#context.clock.wallMs(),
      peerIp,
      peerPort,
      serverName: this.#serverName,
      policy: this.#verification.policy.name,
      ...auditedVerdict(verdict.trusted ? undefined : verdict.fault),
      enforced: this.#spec.tls.verify,
      ...auditedFacts(tls),
      revocation: revocation.status ?? 'unknown',
      verificationMs,
    });
  }

  /** The policy's word takes the place of the handshake's. */
  #note(tls: TlsFacts, verdict: TlsVerdict): void {
    tls.verified = verdict.trusted;
    if (verdict.trusted) delete tls.verifyError;
    else tls.verifyError = verdict.fault.message;
  }
}
