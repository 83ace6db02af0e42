// What each agent is to measure, told to it as soon as it differs from what it knows. The names come
// from the leader's assignment, the checks from the configuration in force here. Both together are
// named by the assignment's revision and the digest of the resources: servers see the two move at
// different moments, so neither alone says that an agent has what it should.

import { isDeepStrictEqual } from 'node:util';
import type { KnownWork, WorkAnswer } from '@holdfast/fleet/uplink';
import type { Clock } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { AssignedWork, AssignmentRecord } from '@holdfast/resources/fleet';
import type { Configuration } from '@holdfast/resources/load';
import { checkId } from '../live-view.ts';

/** Below what proxies cut, commonly 60 s. */
const PATIENCE_MS = 20_000;
/** An agent that hears nothing for 7 s asks another server. */
const SIGN_MS = 3_000;
/** Agents that ask at once; each holds one request open. */
const WAITING_MAX = 5_000;

/** An assignment as the store has it. */
export interface AssignedTo {
  record: Pick<AssignmentRecord, 'term' | 'checks'>;
  modRevision: bigint;
}

/** The resources that the configuration was made from. */
export interface ResourcesInForce {
  revision: bigint;
  digest: string;
  /** Wall time at which the newest was written. */
  writtenAtMs?: number;
}

export interface WorkDeskOptions {
  clock: Clock;
  assignmentOf(agent: string): AssignedTo | undefined;
  configuration(): Configuration;
  resources(): ResourcesInForce;
}

type Content = Pick<AssignedWork, 'checks' | 'egress' | 'plugins'>;

export class WorkDesk {
  readonly #options: WorkDeskOptions;
  readonly #waiting = new Set<() => void>();
  readonly #told = new Map<string, { known: KnownWork; content: Content }>();
  #checks: { of: Configuration; byId: Map<string, CompiledCheck> } | undefined;

  constructor(options: WorkDeskOptions) {
    this.#options = options;
  }

  /** Assignments or resources changed. */
  changed(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /**
   * One answer: at once when it differs from what is known, else when it does, or after some patience
   * with the same. Undefined before it: a sign of life. None while the leader has not seen the agent
   * yet: it goes on with what it has, also when it comes back from an outage.
   */
  async *work(
    agent: string,
    known: KnownWork | undefined,
    gone: AbortSignal,
  ): AsyncIterable<WorkAnswer | undefined> {
    const { clock } = this.#options;
    const untilMs = clock.nowMs() + PATIENCE_MS;
    for (;;) {
      const answer = this.#answer(agent, known);
      const isNews =
        answer !== undefined &&
        (answer.work !== undefined || answer.resources.digest !== known?.digest);
      const restMs = untilMs - clock.nowMs();
      if (isNews || restMs <= 0 || gone.aborted || this.#waiting.size >= WAITING_MAX) {
        if (answer !== undefined) yield answer;
        return;
      }
      // Listening before the sign is sent: what changes meanwhile must not be missed.
      const news = this.#news(Math.min(restMs, SIGN_MS), gone);
      yield undefined;
      await news;
    }
  }

  /** Agents that are gone leave nothing behind. */
  forget(isLive: (agent: string) => boolean): void {
    for (const agent of this.#told.keys()) if (!isLive(agent)) this.#told.delete(agent);
  }

  #answer(agent: string, known: KnownWork | undefined): WorkAnswer | undefined {
    const assigned = this.#options.assignmentOf(agent);
    if (assigned === undefined) return undefined;
    const inForce = this.#options.resources();
    const resources = {
      revision: String(inForce.revision),
      digest: inForce.digest,
      ...(inForce.writtenAtMs === undefined ? {} : { writtenAtMs: inForce.writtenAtMs }),
    };
    const { record, modRevision } = assigned;
    const { digest } = resources;
    const now = { term: record.term, revision: Number(modRevision), digest };
    if (isDeepStrictEqual(known, now)) return { resources };
    const content = this.#content(record.checks);
    const told = this.#told.get(agent);
    this.#told.set(agent, { known: now, content });
    // A change of resources that is none of this agent's is told without its work.
    const same =
      isDeepStrictEqual(known, told?.known) &&
      known?.revision === now.revision &&
      isDeepStrictEqual(told?.content, content);
    if (same) return { resources };
    const { term, revision } = now;
    return { work: { term, revision, ...content }, resources };
  }

  #content(checks: readonly string[]): Content {
    const configuration = this.#options.configuration();
    if (this.#checks?.of !== configuration) {
      const entries = configuration.checks.map(
        (check) => [checkId(check.namespace, check.name), check] as const,
      );
      this.#checks = { of: configuration, byId: new Map(entries) };
    }
    const { byId } = this.#checks;
    const named = checks.flatMap((id) => byId.get(id) ?? []);
    return { checks: named, egress: configuration.egress, plugins: configuration.plugins };
  }

  #news(limitMs: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        gone.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = this.#options.clock.after(limitMs, wake);
      this.#waiting.add(wake);
      gone.addEventListener('abort', wake, { once: true });
    });
  }
}
