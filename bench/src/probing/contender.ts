// One side of a comparison: does one operation, whole and by itself, as often as it is asked. A
// contender that cannot run on this machine says why.

import type { Endpoint, Targets } from '../targets.ts';

export interface Contender {
  /** One operation from a fresh connection to its end; rejects when the target was not found well. */
  once(endpoint: Endpoint): Promise<unknown>;
  /** CPU time so far of whoever does the work, in us; default: this process. */
  cpuUs?(): number;
  close?(): Promise<void>;
}

export type Kind = 'http' | 'tcp' | 'https' | 'icmp';
/** Of targets that keep connections open. */
export type KeptKind = 'keepAliveHttp' | 'keepAliveHttps';

/** A string = why it cannot run here. */
export type MakeContender = (kind: Kind, targets: Targets) => Promise<Contender | string>;

/** The same against targets that keep connections open. */
export type MakeKeptContender = (kind: KeptKind, targets: Targets) => Promise<Contender>;

/** What a round is asked for and what it brings back. */
export interface RoundQuestion {
  operations: number;
  /** Operations in flight. */
  concurrency: number;
}

export interface RoundAnswer {
  cpuUsPerOperation: number;
  operationsPerS: number;
}

/** First question to a contender's process; the rest are rounds. */
export interface StartQuestion {
  targets: Targets;
}

export interface StartAnswer {
  unavailable?: string;
}
