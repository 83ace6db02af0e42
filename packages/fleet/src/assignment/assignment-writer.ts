// The leader's duty to say who runs what: it follows agents and checks and writes each agent's
// assignment when it changed, under the fence of its term. It ends with the leadership, and a stale
// leader's writes are refused by the store. An agent's death costs the rest of its lease and a short
// grace, never two leases.

import type { Coordination, Entry } from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import type { Leadership } from '@holdfast/engines/leader';
import { type Chance, type Clock, isHoldfastError, type Logger, sleep } from '@holdfast/kernel';
import { Backoff } from '../backoff.ts';
import { decodeAssignment } from '../membership/record.ts';
import {
  type AssignableAgent,
  type AssignableCheck,
  assignChecks,
  type CheckAssignment,
} from './assign-checks.ts';
import { assignmentWrites, inTransactions } from './assignment-writes.ts';
import {
  countedOn,
  dueAtMs,
  EMPTY_ROSTER,
  planned,
  type Roster,
  type RosterTimes,
  seeAgents,
  seeChange,
} from './roster.ts';

export interface AssignmentWriterOptions {
  coordination: Pick<Coordination, 'list'>;
  leadership: Pick<Leadership, 'term' | 'lost' | 'guard'>;
  /** As `followFleet` gives it, once it is ready. */
  fleet: {
    agents(): readonly AssignableAgent[];
    subscribe(listener: () => void): () => void;
  };
  /** The checks in force, and the revision of the resources they come from. */
  checks(): { checks: readonly AssignableCheck[]; revision: string };
  /** Of the agents' leases: an agent that went is counted on for a fifth of it, at most 2 s. */
  leaseMs: number;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

export interface AssignmentWriter {
  /** The checks in force are others now. */
  checksChanged(): void;
  /** Of the last plan. */
  readonly unassigned: CheckAssignment['unassigned'];
  /** Resolves once it ended: closed, or no longer the leader. Never rejects. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

const SETTLE_MS = 200;
const GRACE_MS_MAX = 2_000;
const GRACE_PER_LEASE = 0.2;
/** A new leader waits longer for agents that are missing: an outage of the store takes everybody's lease. */
const TAKE_OVER_PER_LEASE = 0.5;
const RETRY_BASE_MS = 100;
const RETRY_CAP_MS = 2_000;

export function startAssignmentWriter(options: AssignmentWriterOptions): AssignmentWriter {
  return new Writer(options);
}

class Writer implements AssignmentWriter {
  readonly #options: AssignmentWriterOptions;
  readonly #times: RosterTimes;
  readonly #closed = new AbortController();
  readonly #over: AbortSignal;
  readonly #unsubscribe: () => void;
  #roster: Roster = EMPTY_ROSTER;
  #wake = new AbortController();
  /** By agent, what stands in the store as far as we know; undefined = nothing that can be read. Only we write it. */
  #written = new Map<string, readonly string[] | undefined>();
  /** Agents that were told to be full. */
  #full = '';
  unassigned: CheckAssignment['unassigned'] = [];
  readonly ended: Promise<void>;

  constructor(options: AssignmentWriterOptions) {
    this.#options = options;
    const graceMs = Math.min(GRACE_MS_MAX, options.leaseMs * GRACE_PER_LEASE);
    this.#times = { graceMs, settleMs: Math.min(SETTLE_MS, graceMs) };
    this.#over = AbortSignal.any([this.#closed.signal, options.leadership.lost]);
    this.#unsubscribe = options.fleet.subscribe(() => this.#look());
    this.ended = this.#run();
  }

  checksChanged(): void {
    this.#roster = seeChange(this.#roster, this.#options.clock.nowMs(), this.#times);
    this.#wake.abort();
  }

  close(): Promise<void> {
    this.#closed.abort();
    return this.ended;
  }

  #look(): void {
    const { fleet, clock } = this.#options;
    this.#roster = seeAgents(this.#roster, fleet.agents(), clock.nowMs(), this.#times);
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    const { logger, leadership } = this.#options;
    const backoff = new Backoff({ ...this.#options, baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS });
    let hasRead = false;
    while (!this.#over.aborted) {
      try {
        if (!hasRead) await this.#readWritten();
        hasRead = true;
        await this.#whenDue();
        await this.#write();
        backoff.reset();
      } catch (error) {
        if (this.#over.aborted) break;
        if (isHoldfastError(error) && error.code === 'NOT_LEADER') {
          logger.warn('Assignments are written by another leader.', {
            term: leadership.term,
            error,
          });
          break;
        }
        logger.warn('Assignments were not written; tried again soon.', { error });
        // What became of the last transaction is not known: everything is compared anew.
        hasRead = false;
        await backoff.wait(this.#over);
      }
    }
    this.#unsubscribe();
  }

  /** An agent that has an assignment and is not there may be coming back: it gets its grace too. */
  async #readWritten(): Promise<void> {
    const { coordination, fleet, clock, leaseMs } = this.#options;
    const { entries } = await coordination.list(KEYS.assignments, { signal: this.#over });
    this.#written = new Map(
      entries.map((entry) => [entry.key.slice(KEYS.assignments.length), checksIn(entry)]),
    );
    this.#look();
    const here = new Set(fleet.agents().map(({ id }) => id));
    const isMissing = [...this.#written.keys()].some((agent) => !here.has(agent));
    const pauseMs = isMissing ? leaseMs * TAKE_OVER_PER_LEASE : this.#times.settleMs;
    const settledAtMs = clock.nowMs() + pauseMs;
    this.#roster = { ...this.#roster, settledAtMs };
  }

  async #whenDue(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      this.#over.throwIfAborted();
      const restMs = (dueAtMs(this.#roster) ?? Number.POSITIVE_INFINITY) - clock.nowMs();
      if (restMs <= 0) return;
      this.#wake = new AbortController();
      const either = AbortSignal.any([this.#over, this.#wake.signal]);
      await sleep(clock, Math.min(restMs, 60_000), either).catch(() => {});
    }
  }

  async #write(): Promise<void> {
    const { clock, leadership, logger } = this.#options;
    const { checks, revision } = this.#options.checks();
    this.#roster = planned(this.#roster, clock.nowMs());
    const { byAgent, unassigned, full } = assignChecks(checks, countedOn(this.#roster));
    this.unassigned = unassigned;
    this.#tellFull(full);
    const facts = { term: String(leadership.term), revision, assignedAtMs: clock.wallMs() };
    const writes = assignmentWrites(this.#written, byAgent, facts);
    for (const part of inTransactions(writes)) {
      const then = part.map(({ operation }) => operation);
      await leadership.guard.txn({ if: [], then }, this.#over);
      for (const { agent, checks: names } of part)
        if (names === undefined) this.#written.delete(agent);
        else this.#written.set(agent, names);
    }
    if (writes.length > 0)
      logger.info('Assignments were written.', {
        agents: writes.length,
        unassigned: unassigned.length,
      });
  }

  /** Once, and again when it is others. */
  #tellFull(agents: readonly string[]): void {
    const told = agents.join(' ');
    if (told === this.#full) return;
    this.#full = told;
    if (agents.length > 0)
      this.#options.logger.error(
        'Agents have more checks than they can be assigned; the last ones run nowhere. Start more agents at their locations.',
        { agents },
      );
  }
}

/** Undefined for what somebody's hand wrote: to be written over, or to be removed. */
function checksIn(entry: Entry): readonly string[] | undefined {
  try {
    const { agent, checks } = decodeAssignment(entry);
    return entry.key === KEYS.assignment(agent) ? checks : undefined;
  } catch {
    return undefined;
  }
}
