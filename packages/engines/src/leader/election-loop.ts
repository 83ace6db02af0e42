// How a candidate follows the key of its role and campaigns whenever nobody holds it. Whether a
// campaign was won is said by the store alone; an answer that did not come counts as lost, and the
// lease that it stood on is given up.

import { fullJitter, type Logger, sleep } from '@holdfast/kernel';
import type { Lease, Transaction } from '../coordination/coordination.ts';
import { houseKey } from '../coordination/house-key.ts';
import { KEYS } from '../coordination/keys.ts';
import { type Mirror, openMirror } from '../mirror/mirror.ts';
import type { Election, ElectionOptions, Leadership } from './election.ts';
import { decodeLeader, encodeLeader, type Leader, type LeaderRecord } from './leader-record.ts';
import { signedProof } from './lease-proof.ts';
import { NotLeaderError } from './not-leader-error.ts';
import { Reign } from './reign.ts';

const LEASE_MS = 10_000;
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 2_000;

export class ElectionLoop implements Election {
  readonly role: string;
  readonly #options: ElectionOptions;
  readonly #logger: Logger;
  readonly #key: string;
  readonly #closing = new AbortController();
  readonly #mirror: Mirror<LeaderRecord>;
  #moved = Promise.withResolvers<void>();
  /** The last one, also when it is over. */
  #reign: Reign | undefined;
  #told: string | undefined;
  #run: Promise<void> = Promise.resolve();

  constructor(options: ElectionOptions) {
    const { coordination, clock, chance, role, candidate } = options;
    this.#options = options;
    this.role = role;
    this.#key = KEYS.leader(role);
    this.#logger = options.logger.with({ role, candidate: candidate.id });
    this.#mirror = openMirror({
      coordination,
      clock,
      chance,
      logger: this.#logger,
      prefix: this.#key,
      decode: ({ value }) => decodeLeader(value),
      onChange: () => this.#onMirror(),
    });
  }

  get leader(): Leader | undefined {
    const { role } = this;
    const reign = this.#presentReign;
    if (reign !== undefined)
      return { role, ...this.#options.candidate, term: reign.term, sinceMs: reign.sinceMs };
    const item = this.#mirror.current?.get(this.#key);
    // Our own, when it is over and the store has not said so yet.
    if (item === undefined || item.createRevision === this.#reign?.term) return undefined;
    const { id, url, sinceMs } = item.value;
    return { role, id, url, term: item.createRevision, sinceMs };
  }

  get leadership(): Leadership | undefined {
    return this.#presentReign;
  }

  start(): void {
    this.#run = this.#campaignAgainAndAgain();
  }

  demandLeadership(): Leadership {
    const leadership = this.leadership;
    if (leadership !== undefined) return leadership;
    const { id } = this.#options.candidate;
    throw new NotLeaderError(this.role, `${id} does not lead.`, this.leader);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#moved.resolve();
    this.#reign?.end('The candidate resigned.');
    await this.#run;
    await this.#mirror.close();
  }

  async #campaignAgainAndAgain(): Promise<void> {
    const { clock, chance } = this.#options;
    const closed = this.#closing.signal;
    for (let attempt = 0; !closed.aborted; attempt += 1) {
      await this.#vacancy();
      if (closed.aborted) return;
      const reign = await this.#campaign().catch((error: unknown) => this.#failed(error));
      if (reign !== undefined) {
        attempt = 0;
        await this.#hold(reign);
      }
      const capMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 10));
      await sleep(clock, fullJitter(chance, capMs), closed).catch(() => {});
    }
  }

  async #vacancy(): Promise<void> {
    const isVacant = () => this.#mirror.current?.get(this.#key) === undefined;
    while (!this.#closing.signal.aborted && (this.#mirror.current === undefined || !isVacant()))
      await this.#moved.promise;
  }

  /** The claim names no term, for the store gives it only now; the first proof does. */
  async #campaign(): Promise<Reign | undefined> {
    const { coordination, candidate, clock, chance, leaseMs = LEASE_MS, role } = this.#options;
    const signal = this.#closing.signal;
    const key = await houseKey(coordination, chance, signal);
    const lease = await coordination.lease(leaseMs);
    try {
      const sinceMs = clock.wallMs();
      const issued = { issuedAtMs: sinceMs, ttlMs: lease.ttlMs };
      const claims = { role, holder: candidate.id, lease: String(lease.id), ...issued };
      const value = encodeLeader({ ...candidate, sinceMs, proof: signedProof(claims, key) });
      const claim: Transaction = {
        if: [{ key: this.#key, createRevision: 0n }],
        then: [{ type: 'put', key: this.#key, value, lease: lease.id }],
      };
      const { done, revision } = await coordination.txn(claim, signal);
      const reign = done ? this.#reignOf(lease, revision, sinceMs, key) : undefined;
      if (reign !== undefined && (await reign.begin())) return reign;
    } catch (error) {
      await lease.release();
      throw error;
    }
    await lease.release();
    return undefined;
  }

  get #presentReign(): Reign | undefined {
    return this.#reign?.lost.aborted === false ? this.#reign : undefined;
  }

  #reignOf(lease: Lease, term: bigint, sinceMs: number, key: Buffer): Reign {
    return new Reign({
      ...this.#options,
      logger: this.#logger,
      lease,
      term,
      sinceMs,
      houseKey: key,
      presentTerm: (freshMs) => this.#presentTerm(freshMs),
      presentLeader: () => this.leader,
    });
  }

  async #hold(reign: Reign): Promise<void> {
    this.#reign = reign;
    if (this.#closing.signal.aborted) reign.end('The candidate resigned.');
    reign.lost.addEventListener('abort', () => this.#tell(), { once: true });
    this.#logger.info('We lead.', { term: String(reign.term) });
    this.#tell();
    await reign.last();
    await reign.released;
  }

  #onMirror(): void {
    const reign = this.#reign;
    const current = this.#mirror.current;
    // Before our own term the mirror knows nothing of it.
    if (reign !== undefined && current !== undefined && current.revision >= reign.term) {
      const isOurs = current.get(this.#key)?.createRevision === reign.term;
      if (!isOurs) reign.end('The key of the role is no longer ours.');
    }
    this.#moved.resolve();
    this.#moved = Promise.withResolvers<void>();
    this.#tell();
  }

  #presentTerm(freshMs: number): bigint | undefined {
    const { state, heardAtMs } = this.#mirror.status();
    const isFresh = heardAtMs !== undefined && this.#options.clock.nowMs() - heardAtMs <= freshMs;
    if (state !== 'live' || !isFresh) return undefined;
    return this.#mirror.current?.get(this.#key)?.createRevision;
  }

  /** Only what matters: a proof that was issued anew is no news. */
  #tell(): void {
    const { leader, leadership } = this;
    const news = `${leader?.id} ${leader?.term} ${leadership?.term}`;
    if (news === this.#told) return;
    this.#told = news;
    try {
      this.#options.onChange?.(this);
    } catch (error) {
      this.#logger.error('A listener of an election failed.', { error });
    }
  }

  #failed(error: unknown): undefined {
    if (!this.#closing.signal.aborted)
      this.#logger.warn('A campaign failed and will be tried again.', { error });
  }
}
