// One leadership from its first to its last moment, and the guard before each of its acts. It ends by
// whatever says so first: the lease, the store, a proof that fails, its owner. Once over it never
// comes back, and its lease is given up, so that the next one need not wait.

import {
  type Chance,
  type Clock,
  fullJitter,
  HoldfastError,
  isHoldfastError,
  type Logger,
  sleep,
} from '@holdfast/kernel';
import type {
  Compare,
  Coordination,
  Lease,
  Transaction,
  TransactionAnswer,
} from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import type { Leadership } from './election.ts';
import type { Guard } from './guard.ts';
import { type Candidate, decodeLeader, encodeLeader, type Leader } from './leader-record.ts';
import { type LeaseProof, proofFault, signedProof } from './lease-proof.ts';
import { NotLeaderError } from './not-leader-error.ts';

/** A renewal may be on its way that long before the heartbeat counts as late. */
const GRACE_MS = 500;
/** A lease is renewed, and its proof issued anew, that often within its ttl. */
const RENEWALS_PER_TTL = 3;

export interface ReignOptions {
  coordination: Coordination;
  clock: Clock;
  chance: Chance;
  logger: Logger;
  role: string;
  candidate: Candidate;
  lease: Lease;
  term: bigint;
  /** Of `Clock.wallMs`: when the term was asked for. */
  sinceMs: number;
  houseKey: Buffer;
  /** The term at the role's key, if it is known from within the last `freshMs`; else the store is asked. */
  presentTerm: (freshMs: number) => bigint | undefined;
  /** Who leads by what others wrote. */
  presentLeader: () => Leader | undefined;
}

export class Reign implements Leadership, Guard {
  readonly role: string;
  readonly term: bigint;
  readonly sinceMs: number;
  readonly #options: ReignOptions;
  readonly #key: string;
  readonly #lost = new AbortController();
  readonly #onLeaseLost = () => this.end('The lease was lost.');
  #proof: LeaseProof | undefined;
  /** Of a heartbeat that the guard asked for itself. */
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #released: Promise<void> = Promise.resolve();

  constructor(options: ReignOptions) {
    this.#options = options;
    this.role = options.role;
    this.term = options.term;
    this.sinceMs = options.sinceMs;
    this.#key = KEYS.leader(options.role);
    options.lease.lost.addEventListener('abort', this.#onLeaseLost, { once: true });
    if (options.lease.lost.aborted) this.#onLeaseLost();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get guard(): Guard {
    return this;
  }

  /** Once its lease is released, or left to run out. */
  get released(): Promise<void> {
    return this.#released;
  }

  /** Its first proof, which names the term. False when the reign is over before it began. */
  async begin(): Promise<boolean> {
    await this.#issueProof();
    return !this.lost.aborted && this.#proof !== undefined;
  }

  /** Issues its proof anew until the reign is over. */
  async last(): Promise<void> {
    const { clock, chance } = this.#options;
    let delayMs = this.#periodMs;
    while (!this.lost.aborted) {
      await sleep(clock, delayMs, this.lost).catch(() => {});
      const isIssued = !this.lost.aborted && (await this.#tryIssueProof());
      delayMs = isIssued ? this.#periodMs : fullJitter(chance, this.#periodMs / 2);
    }
  }

  async prove(signal?: AbortSignal): Promise<void> {
    this.#demandHeld();
    await this.#demandHeartbeat(signal);
    await this.#demandPresentTerm(signal);
    // The process may have stood still while it waited.
    this.#demandHeld();
  }

  async txn(transaction: Transaction, signal?: AbortSignal): Promise<TransactionAnswer> {
    const otherwise = transaction.else ?? [];
    if (otherwise.some(({ type }) => type !== 'get')) throw writingElse();
    await this.prove(signal);
    const fenced: Transaction = {
      if: [this.#fence, ...transaction.if],
      then: transaction.then,
      else: [...otherwise, { type: 'get', key: this.#key }],
    };
    const answer = await this.#options.coordination.txn(fenced, signal);
    if (answer.done) return answer;
    const present = answer.entries.at(-1);
    const isKnown = present?.key === this.#key;
    if (!isKnown || present.createRevision !== this.term)
      throw this.#refused(
        isKnown ? present.value : undefined,
        isKnown ? present.createRevision : 0n,
      );
    return { ...answer, entries: answer.entries.slice(0, -1) };
  }

  async run<T>(work: (lost: AbortSignal) => Promise<T>): Promise<T> {
    await this.prove();
    return work(this.lost);
  }

  end(why: string): void {
    if (this.lost.aborted) return;
    const { lease, logger } = this.#options;
    lease.lost.removeEventListener('abort', this.#onLeaseLost);
    this.#lost.abort(new NotLeaderError(this.role, why, this.#successor()));
    this.#released = lease.release();
    this.#released.catch(() => {});
    logger.info('A leadership is over.', { role: this.role, term: String(this.term), why });
  }

  get #fence(): Compare {
    return { key: this.#key, createRevision: this.term };
  }

  get #periodMs(): number {
    return this.#options.lease.ttlMs / RENEWALS_PER_TTL;
  }

  get #freshMs(): number {
    return this.#periodMs + GRACE_MS;
  }

  /** What needs no answer from anybody: the lease by our own clock, and its signed proof. */
  #demandHeld(): void {
    if (this.lost.aborted) throw this.#over('The leadership was lost.');
    const { clock, lease, houseKey } = this.#options;
    if (clock.nowMs() >= lease.validUntilMs) throw this.#over('The lease ran out.');
    if (this.#proof === undefined) throw this.#over('The lease has no proof yet.');
    const fault = proofFault(this.#proof, this.#claims, houseKey, clock.wallMs());
    if (fault !== undefined) throw this.#over(`The proof of the lease is ${fault}.`);
  }

  async #demandHeartbeat(signal?: AbortSignal): Promise<void> {
    const { clock, lease } = this.#options;
    const heardAtMs = Math.max(lease.renewedAtMs, this.#askedAtMs);
    if (clock.nowMs() - heardAtMs <= this.#freshMs) return;
    this.#asking ??= this.#askHeartbeat().finally(() => {
      this.#asking = undefined;
    });
    await this.#whileLeading(this.#asking, signal);
  }

  async #askHeartbeat(): Promise<void> {
    const { coordination, clock, lease } = this.#options;
    const sentMs = clock.nowMs();
    try {
      await coordination.leases.renew(lease.id);
    } catch {
      throw this.#over('The last heartbeat is too old, and a new one failed.');
    }
    this.#askedAtMs = sentMs;
  }

  async #demandPresentTerm(signal?: AbortSignal): Promise<void> {
    if (this.#options.presentTerm(this.#freshMs) === this.term) return;
    const entry = await this.#whileLeading(this.#readKey(signal), signal);
    if (entry?.createRevision !== this.term)
      throw this.#refused(entry?.value, entry?.createRevision);
  }

  async #readKey(signal?: AbortSignal) {
    try {
      return await this.#options.coordination.get(this.#key, signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw this.#over('The present version of the leadership cannot be read.');
    }
  }

  /** Whoever waits is told at once when the leadership is lost, or when he himself gives up. */
  #whileLeading<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
    const ended = signal === undefined ? this.lost : AbortSignal.any([this.lost, signal]);
    return new Promise<T>((resolve, reject) => {
      const onEnd = () => reject(ended.reason);
      if (ended.aborted) onEnd();
      ended.addEventListener('abort', onEnd, { once: true });
      promise.then(resolve, reject).finally(() => ended.removeEventListener('abort', onEnd));
    });
  }

  async #tryIssueProof(): Promise<boolean> {
    try {
      await this.#issueProof();
      return true;
    } catch (error) {
      if (this.lost.aborted) return false;
      const { logger, clock } = this.#options;
      if (isHoldfastError(error) && error.code === 'LEASE_LOST') this.end('The lease was lost.');
      logger.warn('A leader could not renew its proof.', { role: this.role, error });
      const validUntilMs = (this.#proof?.issuedAtMs ?? 0) + (this.#proof?.ttlMs ?? 0);
      if (clock.wallMs() >= validUntilMs) this.end('The proof of the lease expired.');
      return false;
    }
  }

  async #issueProof(): Promise<void> {
    const { coordination, candidate, clock, houseKey, lease } = this.#options;
    const issued = { issuedAtMs: clock.wallMs(), ttlMs: lease.ttlMs };
    const proof = signedProof({ ...this.#claims, ...issued }, houseKey);
    const value = encodeLeader({ ...candidate, sinceMs: this.sinceMs, proof });
    const renewal: Transaction = {
      if: [this.#fence],
      then: [{ type: 'put', key: this.#key, value, lease: lease.id }],
    };
    const { done } = await coordination.txn(renewal, this.lost);
    if (done) this.#proof = proof;
    else this.end('The key of the role is no longer ours.');
  }

  get #claims(): Required<Pick<LeaseProof, 'role' | 'holder' | 'lease' | 'term'>> {
    const { role, candidate, lease, term } = this.#options;
    return { role, holder: candidate.id, lease: String(lease.id), term: String(term) };
  }

  #over(why: string): NotLeaderError {
    this.end(why);
    return new NotLeaderError(this.role, why, this.#successor());
  }

  #successor(): Leader | undefined {
    const leader = this.#options.presentLeader();
    return leader?.term === this.term ? undefined : leader;
  }

  /** The store has another one at the key: the fence has decided. */
  #refused(value: Uint8Array | undefined, term = 0n): NotLeaderError {
    const leader = value === undefined ? undefined : leaderOf(this.role, value, term);
    this.#options.logger.warn('The store refused a leader whose term is over.', {
      role: this.role,
      term: String(this.term),
      presentTerm: String(term),
      presentLeader: leader?.id,
    });
    this.end('The store knows another term.');
    return new NotLeaderError(this.role, `Term ${this.term} is over.`, leader);
  }
}

function leaderOf(role: string, value: Uint8Array, term: bigint): Leader | undefined {
  try {
    const { id, url, sinceMs } = decodeLeader(value);
    return { role, id, url, term, sinceMs };
  } catch {
    return undefined;
  }
}

function writingElse(): HoldfastError {
  return new HoldfastError(
    'USAGE',
    'A guarded transaction was given an else branch that writes.',
    'Let the else branch only read: it is also taken when the fence refuses.',
  );
}
