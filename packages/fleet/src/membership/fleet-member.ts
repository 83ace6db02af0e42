// One process's place in the fleet: its record stands under a lease for as long as the process lives.
// When the lease was lost it registers again, spread by chance; two processes never hold one name at
// the same time, the second is refused while the first lives. It never gives up while it is wanted.

import type { Coordination, Entry, Lease } from '@holdfast/engines/coordination';
import {
  type Chance,
  type Clock,
  HoldfastError,
  isHoldfastError,
  type Logger,
  sleep,
} from '@holdfast/kernel';
import type { AgentRecord, ServerRecord } from '@holdfast/resources/fleet';
import { Backoff } from '../backoff.ts';
import { encodeRecord } from './record.ts';

export interface JoinOptions {
  coordination: Coordination;
  /** Where the record stands: KEYS.server or KEYS.agent. */
  key: string;
  record: ServerRecord | AgentRecord;
  /** Default 10,000. */
  leaseMs?: number;
  /**
   * How long somebody else may hold the name before we are refused; default a lease and 2 s, so that
   * a process that was killed and started again outlives its own record.
   */
  waitMs?: number;
  /** Asked after each registration; what it throws ends it again. */
  admit?: () => Promise<void>;
  clock: Clock;
  chance: Chance;
  logger: Logger;
  /** Aborted while joining: rejects with its reason. */
  signal?: AbortSignal;
}

export interface FleetMember {
  readonly key: string;
  /** Under which the record stands now; absent while away. Others may hang their keys on it. */
  readonly lease: Lease | undefined;
  /** Told after each change; what a listener throws is logged. Returns how to stop listening. */
  subscribe(listener: (lease: Lease | undefined) => void): () => void;
  /** The record vanishes at once; twice is once. */
  leave(): Promise<void>;
}

export const LEASE_MS_DEFAULT = 10_000;
const WAIT_BEYOND_LEASE_MS = 2_000;
const RETRY_BASE_MS = 250;
/** Before a leader counts on us no longer (its grace is longer after an outage of the store). */
const RETRY_CAP_PER_LEASE = 0.2;
/** It passes by itself. */
const UNREACHED: readonly string[] = [
  'COORDINATION_FAILED',
  'SERVER_UNREACHABLE',
  'LEASE_LOST',
  'BUSY',
];
/** Our last leases: a record under one of them is our own, whatever became of the answer. */
const OWN_LEASES_MAX = 8;

/**
 * Resolves once the record stands, or as soon as coordination cannot be reached: then it goes on in
 * the background. Rejects with CONFLICT when another process holds the name, and with what `admit` threw.
 */
export async function joinFleet(options: JoinOptions): Promise<FleetMember> {
  const member = new Member(options);
  try {
    await member.start();
  } catch (error) {
    await member.leave();
    throw error;
  }
  return member;
}

class Member implements FleetMember {
  readonly key: string;
  readonly #options: JoinOptions;
  readonly #leaseMs: number;
  readonly #left = new AbortController();
  readonly #listeners = new Set<(lease: Lease | undefined) => void>();
  readonly #ownLeases: bigint[] = [];
  #lease: Lease | undefined;
  #staying: Promise<void> | undefined;
  /** Why we are not registered; each reason is told once in a row. */
  #problem: string | undefined;

  constructor(options: JoinOptions) {
    this.#options = options;
    this.key = options.key;
    this.#leaseMs = options.leaseMs ?? LEASE_MS_DEFAULT;
  }

  get lease(): Lease | undefined {
    return this.#lease?.lost.aborted ? undefined : this.#lease;
  }

  subscribe(listener: (lease: Lease | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The first registration; everything after it is `#stay`. */
  async start(): Promise<void> {
    const { clock, signal, waitMs = this.#leaseMs + WAIT_BEYOND_LEASE_MS } = this.#options;
    const untilMs = clock.nowMs() + waitMs;
    const both = signal ? AbortSignal.any([signal, this.#left.signal]) : this.#left.signal;
    for (;;) {
      both.throwIfAborted();
      try {
        this.#take(await this.#register());
        break;
      } catch (error) {
        both.throwIfAborted();
        const code = isHoldfastError(error) ? error.code : 'INTERNAL';
        const unreached = UNREACHED.includes(code);
        if (unreached) this.#say('Not in the fleet yet: coordination failed.', error);
        if (unreached) break;
        if (code !== 'CONFLICT' || clock.nowMs() >= untilMs) throw error;
      }
      const restMs = Math.max(1, untilMs - clock.nowMs());
      await sleep(clock, Math.min(restMs, this.#leaseMs / 4), both);
    }
    this.#staying = this.#stay();
  }

  async leave(): Promise<void> {
    if (!this.#left.signal.aborted) this.#left.abort();
    await this.#staying;
    await this.#lease?.release().catch((error) => this.#say('The lease was not released.', error));
    this.#give(undefined);
  }

  /** Registers again each time the lease was lost, until left. Never rejects. */
  async #stay(): Promise<void> {
    const left = this.#left.signal;
    const capMs = this.#leaseMs * RETRY_CAP_PER_LEASE;
    const backoff = new Backoff({ ...this.#options, baseMs: RETRY_BASE_MS, capMs });
    while (!left.aborted) {
      if (this.#lease !== undefined) {
        await abortOf(AbortSignal.any([this.#lease.lost, left]));
        if (left.aborted) return;
        this.#give(undefined);
        this.#options.logger.warn('The lease was lost: registering again.', { key: this.key });
      }
      await backoff.wait(left);
      if (left.aborted) return;
      try {
        this.#take(await this.#register());
        backoff.reset();
      } catch (error) {
        if (!left.aborted) this.#sayOnce('Not registered; tried again until it succeeds.', error);
      }
    }
  }

  async #register(): Promise<Lease> {
    const { coordination, admit } = this.#options;
    const lease = await coordination.lease(this.#leaseMs);
    this.#ownLeases.push(lease.id);
    if (this.#ownLeases.length > OWN_LEASES_MAX) this.#ownLeases.shift();
    try {
      await this.#put(lease, 0n);
      await admit?.();
      return lease;
    } catch (error) {
      // Not only tidy: when the answer got lost, the record may stand.
      await lease.release().catch(() => {});
      throw error;
    }
  }

  /** `over`: 0 = only where nothing stands, else over our own record of that revision. */
  async #put(lease: Lease, over: bigint): Promise<void> {
    const { coordination, record } = this.#options;
    const { key } = this;
    const answer = await coordination.txn(
      {
        if: [over === 0n ? { key, createRevision: 0n } : { key, modRevision: over }],
        then: [{ type: 'put', key, value: encodeRecord(record), lease: lease.id }],
        else: [{ type: 'get', key }],
      },
      this.#left.signal,
    );
    if (answer.done) return;
    const [holder] = answer.entries;
    if (over !== 0n || holder === undefined || !this.#isOurs(holder)) throw this.#conflict();
    await this.#put(lease, holder.modRevision);
  }

  #isOurs(entry: Entry): boolean {
    return entry.lease !== undefined && this.#ownLeases.includes(entry.lease);
  }

  #conflict(): HoldfastError {
    const { id } = this.#options.record;
    return new HoldfastError(
      'CONFLICT',
      `Another process is in the fleet as "${id}" and lives.`,
      'Give this one another --id, or stop the other one.',
    );
  }

  #take(lease: Lease): void {
    if (this.#left.signal.aborted) {
      this.#lease = lease;
      return;
    }
    this.#give(lease);
    this.#problem = undefined;
    this.#options.logger.info('Registered in the fleet.', { key: this.key });
  }

  #give(lease: Lease | undefined): void {
    if (lease === this.#lease) return;
    this.#lease = lease;
    for (const listener of [...this.#listeners])
      try {
        listener(lease);
      } catch (error) {
        this.#options.logger.error('A listener of a place in the fleet failed.', { error });
      }
  }

  #sayOnce(message: string, error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== this.#problem) this.#say(message, error);
    this.#problem = problem;
  }

  #say(message: string, error: unknown): void {
    this.#options.logger.warn(message, { key: this.key, error });
  }
}

function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
