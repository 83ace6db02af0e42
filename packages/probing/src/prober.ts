// The contract of a prober: measure asks the target once and never throws for what the target did;
// judge compares what came back with what was expected. A prober reads no clock, draws no chance,
// opens no socket and reads no secret but through the context it is handed. Specs are never
// changed once made: a prober may keep what it derives from one by its identity.

import type { Socket } from 'node:net';
import type { Clock, Fault } from '@holdfast/kernel';
import type { IpPreference, ProbeSpec } from '@holdfast/resources/compiled-check';
import type { KernelFacts, Phase, ResultContext, Status } from '@holdfast/resources/result';
import type { Connections } from './connections/connections.ts';
import type { PhaseLimits } from './phase-log.ts';
import type { TlsAudit } from './tls/tls-audit.ts';
import type { TlsVerification } from './tls-kind/tls-policy.ts';

/** Everything a measurement brings back, whether or not it got to its end. */
export interface Observation {
  totalMs: number;
  phases: Phase[];
  context: ResultContext;
  /** Facts of the kind, ready to be kept: small, no secrets. */
  detail: Record<string, unknown>;
  /** What stopped the measurement; absent when it ran to its end. */
  fault?: Fault;
}

export interface Judgement {
  status: Status;
  fault?: Fault;
  /** Facts worth keeping only because of this judgement, such as the body's beginning on a failure. */
  detail?: Record<string, unknown>;
}

export interface Prober<S extends ProbeSpec = ProbeSpec, O extends Observation = Observation> {
  readonly kind: S['kind'];
  /**
   * Loads and compiles what judging needs, so that judge is synchronous and no probe is measured
   * while code loads. `undefined` = nothing to wait for; a fault = the check cannot be run.
   */
  prepare?(spec: S): Promise<Fault | undefined> | undefined;
  measure(spec: S, context: ProbeContext): Promise<O>;
  judge(observation: O, spec: S): Judgement;
  /** Lets go of what the prober keeps between runs (threads, sockets); a later run opens it anew. */
  close?(): Promise<void>;
}

export interface Address {
  ip: string;
  version: 4 | 6;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; fault: Fault };

/** Names to addresses, the egress policy already applied to each address. IP literals pass through. */
export type Resolve = (
  host: string,
  ip: IpPreference,
  signal: AbortSignal,
) => Promise<Outcome<Address[]>>;

/** A connected socket, owned by the caller from now on: it must be destroyed. */
export interface Connection {
  readonly socket: Socket;
  readonly address: Address;
  readonly port: number;
  readonly connectMs: number;
  readonly kernel?: KernelFacts;
  /**
   * Gets each piece that is read; bytes are only valid during the call, because all sockets share
   * one read buffer. Set it in the same turn of the loop in which dial resolved, or bytes are lost.
   */
  receive: (bytes: Buffer) => void;
}

/** Connects to one of the addresses resolve gave, asking the egress policy once more. */
export type Dial = (
  addresses: readonly Address[],
  port: number,
  signal: AbortSignal,
) => Promise<Outcome<Connection>>;

export interface Secrets {
  /**
   * Fills `${env:NAME}`, `${file:PATH}`, `${token:NAME}` and `${uuid}`; remembers each value but the
   * uuid, which is the same throughout a run, so that redact can hide it.
   */
  fill(text: string): Promise<Outcome<string>>;
  /** Remembers a value that came another way, such as the password of a URL. */
  hide(value: string): void;
  /** Replaces every value remembered in this run by `<secret>`. */
  redact(text: string): string;
}

export interface ProbeContext {
  readonly clock: Clock;
  /** Aborted at the total deadline or when the run is called off; the reason is a Fault without phase. */
  readonly signal: AbortSignal;
  /** When the run’s time is over, by the clock’s `nowMs`: for protocols that tell the peer. Absent: not known. */
  readonly deadlineMs?: number;
  readonly resolve: Resolve;
  readonly dial: Dial;
  readonly secrets: Secrets;
  /** For the run's phase log; absent: only the deadline counts. */
  readonly phaseLimits?: PhaseLimits;
  /** Decides whom to trust; absent: the chain and the name do, and for kind `tls` its strict policy. */
  readonly verification?: TlsVerification;
  /** Is told of every verification of a peer's certificates; absent: nobody listens. */
  readonly audit?: TlsAudit;
  /** Kept between runs, for checks that name a pool; absent: every connection is a fresh one. */
  readonly connections?: Connections;
  /** Of the check: pools belong to it. */
  readonly namespace?: string;
  /** What `resolve` gives for the target; runs with another one share no connections. */
  readonly pinnedAddress?: string;
  /** W3C `traceparent` to hand to the target when this run is traced. */
  readonly traceparent?: string;
}
