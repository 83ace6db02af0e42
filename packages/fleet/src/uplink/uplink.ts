// An agent's tie to its fleet: work comes down, results go up, and probing depends on neither. While
// no server can be reached the prober goes on with its last work and results wait in the spool; runs
// are keyed by their planned moment, so whoever else ran the check meanwhile leaves the same keys.

import { type Chance, type Clock, type Logger, sleep } from '@holdfast/kernel';
import type { AgentSummary } from '@holdfast/resources/api';
import type { CompiledCheck, EgressPolicy } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import { withTimeLimit } from '../time-limit.ts';
import type { AgentReport, ControlPlane } from './control-plane.ts';
import { Delivery } from './delivery.ts';
import { runOrders } from './order-runner.ts';
import type { Spool } from './spool.ts';
import { type AppliedWork, WorkFollower } from './work-follower.ts';

export type {
  AgentReport,
  ControlPlane,
  KnownWork,
  ResultBatch,
  RunOutcome,
  WorkAnswer,
} from './control-plane.ts';
export { Spool, type SpoolOptions } from './spool.ts';
export type { AppliedWork } from './work-follower.ts';

export interface ProberAssignment {
  revision: number;
  checks: CompiledCheck[];
  egress: EgressPolicy;
  plugins: string[];
}

/** The prober's process, as `startAgent` of @holdfast/probing/agent-link gives it. */
export interface ProberLink {
  assign(assignment: ProberAssignment): void;
  /** The revision in force; 0 before the first. */
  readonly assignedRevision: number;
  /** Measures a check once that need not be assigned; rejects with BUSY or AGENT_FAILED. */
  try(check: CompiledCheck): Promise<ProbeResult>;
  summary(): AgentSummary;
  /** Hands in the last results, then ends. */
  close(): Promise<void>;
}

/** A place in the fleet, as `joinFleet` gives it. */
export interface MemberLink {
  readonly lease: object | undefined;
  subscribe(listener: (lease: object | undefined) => void): () => void;
}

export interface UplinkOptions {
  agent: string;
  location: string;
  controlPlane: ControlPlane;
  /** Closed by its owner, after this is. */
  member: MemberLink;
  /** Ours from now on. */
  spool: Spool;
  /** Starts the prober; `onResults` never waits. */
  startProber(onResults: (results: readonly ProbeResult[]) => Promise<void>): ProberLink;
  /** For the applied record. */
  onApplied?(applied: AppliedWork): void;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

export interface UplinkStatus {
  /** `away`: probing goes on, nothing is delivered. */
  state: 'registering' | 'settled' | 'away';
  /** Term of the work in force. */
  term?: string;
  buffered: number;
  shed: number;
  spoolProblem?: string;
}

export interface Uplink {
  status(): UplinkStatus;
  /** Ends the prober, delivers for 3 s what waits, and keeps the rest on disk; twice is once. */
  close(): Promise<void>;
}

const REPORT_MS = 10_000;
const LAST_DELIVERY_MS = 3_000;

export function startUplink(options: UplinkOptions): Uplink {
  return new Tie(options);
}

class Tie implements Uplink {
  readonly #options: UplinkOptions;
  readonly #prober: ProberLink;
  readonly #work: WorkFollower;
  readonly #delivery: Delivery;
  readonly #ended = new AbortController();
  readonly #loops: Promise<unknown>;
  #closing: Promise<void> | undefined;

  constructor(options: UplinkOptions) {
    this.#options = options;
    this.#prober = options.startProber(async (results) => {
      for (const result of results) options.spool.push(result);
    });
    const parts = { ...options, prober: this.#prober };
    this.#work = new WorkFollower({ ...parts, onApplied: options.onApplied ?? (() => {}) });
    const { settled: gate, inForce } = this.#work;
    this.#delivery = new Delivery({ ...options, gate });
    const { signal } = this.#ended;
    this.#loops = Promise.all([
      this.#work.run(signal),
      this.#delivery.run(signal),
      runOrders({ ...parts, gate, inForce }, signal),
      this.#report(signal),
    ]);
  }

  status(): UplinkStatus {
    const { spool } = this.#options;
    const { settled, known } = this.#work;
    const isHere = settled.isOpen && !this.#delivery.failing;
    const state = isHere ? 'settled' : known ? 'away' : 'registering';
    const { waiting: buffered, problem } = spool;
    const shed = spool.shed + this.#delivery.refused;
    return {
      state,
      buffered,
      shed,
      ...(known && { term: known.term }),
      ...(problem !== undefined && { spoolProblem: problem }),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { spool, clock, logger } = this.#options;
    await this.#prober.close();
    const mayDeliver = this.#work.settled.isOpen;
    this.#ended.abort(new Error('The agent ends'));
    await this.#loops;
    const late = 'The agent ended before everything was delivered';
    if (mayDeliver)
      await withTimeLimit(
        { clock, limitMs: LAST_DELIVERY_MS, late },
        new AbortController().signal,
        (limit) => this.#delivery.drain(limit),
      ).catch((error) => logger.warn('Results are left for the next start.', { error }));
    await spool.close();
  }

  /** Never rejects. */
  async #report(signal: AbortSignal): Promise<void> {
    const { controlPlane, agent, clock, logger } = this.#options;
    const gate = this.#work.settled;
    const late = 'No server took the report in time';
    while (!signal.aborted) {
      try {
        await gate.whenOpen(signal);
        await withTimeLimit({ clock, limitMs: REPORT_MS, late }, signal, (limit) =>
          controlPlane.report(agent, this.#reportNow(), limit),
        );
      } catch (error) {
        if (!signal.aborted) logger.debug('The report was not taken.', { error });
      }
      await sleep(clock, REPORT_MS, signal).catch(() => {});
    }
  }

  #reportNow(): AgentReport {
    const { state: _, term: __, ...facts } = this.status();
    return { summary: this.#prober.summary(), ...facts };
  }
}
