// Coordination on etcd: every read is linearizable, every call has its time, and what may or may not have
// happened is never called done or undone. Whatever an answer leaves open is COORDINATION_FAILED.

import { checkKey, checkRevision, checkTransaction } from '../coordination/check-call.ts';
import type {
  Coordination,
  CoordinationFacts,
  Entry,
  Lease,
  Listing,
  Transaction,
  TransactionAnswer,
  WatchItem,
} from '../coordination/coordination.ts';
import type { LeaseKeeper } from '../coordination/lease-keeper.ts';
import type { Root } from './entries.ts';
import type { EtcdCalls } from './etcd-calls.ts';
import type { EtcdLeases } from './etcd-leases.ts';
import { GatheredReads } from './gathered-reads.ts';
import { Listings } from './listings.ts';
import { METHODS } from './methods.ts';
import type { StoreIdentity } from './store-identity.ts';
import type { Watches } from './watches.ts';

export interface EtcdCoordination extends Coordination {
  /** Forgets what was before `revision`, as an etcd without automatic compaction needs now and then. */
  compact(revision: bigint): Promise<void>;
}

export interface EtcdParts {
  calls: EtcdCalls;
  root: Root;
  identity: StoreIdentity;
  watches: Watches;
  leases: EtcdLeases;
  keeper: LeaseKeeper;
  facts(): Promise<CoordinationFacts>;
}

export class EtcdEngine implements EtcdCoordination {
  readonly leases: EtcdLeases;
  readonly #parts: EtcdParts;
  readonly #listings: Listings;
  readonly #reads: GatheredReads;

  constructor(parts: EtcdParts) {
    this.#parts = parts;
    this.leases = parts.leases;
    this.#listings = new Listings(parts);
    this.#reads = new GatheredReads(parts.calls, parts.root);
  }

  async get(key: string, signal?: AbortSignal): Promise<Entry | undefined> {
    checkKey(key);
    return this.#reads.get(key, signal);
  }

  list(prefix: string, options?: { at?: bigint; signal?: AbortSignal }): Promise<Listing> {
    return this.#listings.list(prefix, options);
  }

  async txn(transaction: Transaction, signal?: AbortSignal): Promise<TransactionAnswer> {
    checkTransaction(transaction);
    const { calls, root } = this.#parts;
    const { then, else: otherwise = [] } = transaction;
    const operations = [...then, ...otherwise];
    const lease = operations.find((one) => one.type === 'put' && one.lease !== undefined);
    const answer = await calls.call(METHODS.txn, root.transaction(transaction), {
      idempotent: operations.every(({ type }) => type === 'get'),
      signal,
      subject: lease?.type === 'put' ? { lease: lease.lease ?? 0n } : {},
    });
    const found = answer.responses.flatMap(({ range }) => range?.kvs ?? []);
    return {
      done: answer.succeeded,
      revision: answer.header?.revision ?? 0n,
      entries: found.map((one) => root.entry(one)),
    };
  }

  watch(prefix: string, from: bigint, signal: AbortSignal): AsyncIterable<WatchItem> {
    return this.#parts.watches.watch(prefix, from, signal);
  }

  lease(ttlMs: number): Promise<Lease> {
    return this.#parts.keeper.lease(ttlMs);
  }

  facts(): Promise<CoordinationFacts> {
    return this.#parts.facts();
  }

  async compact(revision: bigint): Promise<void> {
    checkRevision(revision);
    const { calls } = this.#parts;
    await calls.call(METHODS.compact, { revision }, { idempotent: true, subject: { revision } });
  }

  async close(): Promise<void> {
    this.#parts.watches.close();
    this.#parts.keeper.close();
    this.#parts.leases.close();
    this.#parts.calls.close();
  }
}
