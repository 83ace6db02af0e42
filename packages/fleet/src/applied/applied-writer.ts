// Tells the fleet what this node has in force: under the node's own lease, at most once a second, and
// only when it changed. What could not be written is written later; nothing ever waits for it.

import type { Coordination, Lease } from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import type { Clock, Logger, Timer } from '@holdfast/kernel';
import type { AppliedRecord } from '@holdfast/resources/fleet';
import type { FleetMember } from '../membership/fleet-member.ts';
import { encodeRecord } from '../membership/record.ts';

export interface AppliedWriterOptions {
  coordination: Coordination;
  member: Pick<FleetMember, 'lease' | 'subscribe'>;
  node: string;
  role: AppliedRecord['role'];
  clock: Clock;
  logger: Logger;
}

export type AppliedReport = Omit<AppliedRecord, 'node' | 'role'>;

export interface AppliedWriter {
  /** The newest counts. */
  report(applied: AppliedReport): void;
  /** The record goes with the lease. */
  close(): Promise<void>;
}

const PAUSE_MS = 1_000;
/** What is left out stands in the node's own log and pages. */
const FAULTS_MAX = 100;
const PROBLEM_LENGTH_MAX = 300;

export function openAppliedWriter(options: AppliedWriterOptions): AppliedWriter {
  return new Writer(options);
}

class Writer implements AppliedWriter {
  readonly #options: AppliedWriterOptions;
  readonly #closed = new AbortController();
  readonly #unsubscribe: () => void;
  #wanted: AppliedReport | undefined;
  /** What stands in the store, and under which lease. */
  #written: { text: string; lease: bigint } | undefined;
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #writtenAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: AppliedWriterOptions) {
    this.#options = options;
    this.#unsubscribe = options.member.subscribe(() => this.#soon());
  }

  report(applied: AppliedReport): void {
    this.#wanted = applied;
    this.#soon();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#unsubscribe();
    this.#timer?.cancel();
    await this.#writing;
  }

  #soon(): void {
    if (this.#timer !== undefined || this.#closed.signal.aborted) return;
    const { clock } = this.#options;
    const pauseMs = Math.max(0, this.#writtenAtMs + PAUSE_MS - clock.nowMs());
    this.#timer = clock.after(pauseMs, () => {
      this.#writing = this.#write().finally(() => {
        this.#timer = undefined;
        if (this.#isDue()) this.#soon();
      });
    });
  }

  #isDue(): boolean {
    const { lease } = this.#options.member;
    if (lease === undefined || this.#wanted === undefined) return false;
    return this.#written?.lease !== lease.id || this.#written.text !== this.#text(this.#wanted);
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    const { coordination, member, node, clock, logger } = this.#options;
    const { lease } = member;
    if (lease === undefined || this.#wanted === undefined || !this.#isDue()) return;
    this.#writtenAtMs = clock.nowMs();
    const text = this.#text(this.#wanted);
    try {
      await this.#put(coordination, KEYS.appliedBy(node), this.#record(this.#wanted), lease);
      this.#written = { text, lease: lease.id };
    } catch (error) {
      if (!this.#closed.signal.aborted)
        logger.debug('What is in force was not told.', { node, error });
    }
  }

  async #put(coordination: Coordination, key: string, record: AppliedRecord, lease: Lease) {
    const value = encodeRecord(record);
    const put = { type: 'put', key, value, lease: lease.id } as const;
    await coordination.txn({ if: [], then: [put] }, this.#closed.signal);
  }

  #record({ faults, ...facts }: AppliedReport): AppliedRecord {
    const { node, role } = this.#options;
    const kept = faults.slice(0, FAULTS_MAX).map(({ key, problem }) => ({
      key,
      problem: problem.slice(0, PROBLEM_LENGTH_MAX),
    }));
    return { node, role, ...facts, faults: kept };
  }

  /** A new time or lag alone is no change: the lag moves with each. */
  #text({ appliedAtMs: _, lagMsP99: __, ...facts }: AppliedReport): string {
    return JSON.stringify(facts);
  }
}
