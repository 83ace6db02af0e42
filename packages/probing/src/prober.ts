// The contract of a prober: measure asks the target once and never throws for what the target did;
// judge compares what came back with what was expected. A prober reads no clock, draws no chance,
// opens no socket and reads no secret but through the context it is handed.

import type { Clock, Fault, Tracer } from '@holdfast/kernel';
import type { IpPreference, ProbeSpec } from '@holdfast/resources/compiled-check';
import type { KernelFacts, Phase, ResultContext, Status } from '@holdfast/resources/result';
import type { Socket } from 'node:net';

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
}

export interface Prober<S extends ProbeSpec = ProbeSpec, O extends Observation = Observation> {
  readonly kind: S['kind'];
  measure(spec: S, context: ProbeContext): Promise<O>;
  judge(observation: O, spec: S): Judgement;
}

export interface Address {
  ip: string;
  version: 4 | 6;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; fault: Fault };

/** Names to addresses, the egress policy already applied to each address. */
export type Resolve = (
  host: string,
  ip: IpPreference,
  signal: AbortSignal,
) => Promise<Outcome<Address[]>>;

/** A connected socket, owned by the caller from now on: it must be destroyed. */
export interface Connection {
  socket: Socket;
  address: Address;
  port: number;
  connectMs: number;
  kernel?: KernelFacts;
}

/** Connects to one of the addresses resolve gave, asking the egress policy once more. */
export type Dial = (
  addresses: readonly Address[],
  port: number,
  signal: AbortSignal,
) => Promise<Outcome<Connection>>;

export interface Secrets {
  /** Fills `${env:NAME}` and `${file:PATH}`; remembers each value so that redact can hide it. */
  fill(text: string): Outcome<string>;
  /** Replaces every value ever filled in by `<secret>`. */
  redact(text: string): string;
}

export interface ProbeContext {
  clock: Clock;
  /** Aborted at the total deadline (reason: a TIMEOUT fault) or when the run is called off. */
  signal: AbortSignal;
  resolve: Resolve;
  dial: Dial;
  secrets: Secrets;
  trace: Tracer;
}
