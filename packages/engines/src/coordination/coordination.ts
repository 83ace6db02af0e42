// The contract of coordination: a small, strongly consistent store of keys with revisions, leases and
// watches, on which everything that several processes must agree on stands. Three engines keep it
// (embedded, etcd, remote = through a server) under one conformance suite. A watch is one stream and
// ends when the stream breaks: whoever wants the present state for good takes `mirror`, which knows
// how to come back. Nothing here may pretend: what the engine cannot answer now is an error, never an
// old answer.

import type { LeaseAuthority } from './lease-authority.ts';

export type { LeaseAuthority } from './lease-authority.ts';

export interface Entry {
  key: string;
  value: Uint8Array;
  /** Of the transaction that made the key; a key that was deleted and made again has a new one. */
  createRevision: bigint;
  /** Of the transaction that last wrote it. */
  modRevision: bigint;
  /** The key vanishes with this lease. */
  lease?: bigint;
}

/** Holds when the key is as said; revision 0 = the key is absent. */
export type Compare =
  | { key: string; createRevision: bigint }
  | { key: string; modRevision: bigint }
  | { key: string; value: Uint8Array };

/** Carried out in their order: a get sees what stands before it. A transaction writes a key at most once. */
export type Operation =
  | { type: 'put'; key: string; value: Uint8Array; lease?: bigint }
  | { type: 'delete'; key: string }
  | { type: 'get'; key: string };

export interface Transaction {
  /** All must hold; none = always. */
  if: readonly Compare[];
  then: readonly Operation[];
  else?: readonly Operation[];
}

export interface TransactionAnswer {
  /** `then` was carried out, not `else`. */
  done: boolean;
  /** Of the store after it; one that changed nothing leaves it as it was. */
  revision: bigint;
  /** What the gets of the branch found, in their order; absent keys are left out. */
  entries: Entry[];
}

export type Change =
  | { type: 'put'; entry: Entry }
  | { type: 'delete'; key: string; modRevision: bigint };

/** One transaction, whole. Without changes: a sign of life, which says nothing of how far the watch is. */
export interface WatchItem {
  cluster: string;
  revision: bigint;
  changes: Change[];
}

export interface Listing {
  /** Ascending by key (UTF-8 bytes). */
  entries: Entry[];
  /** At which all of them were read. */
  revision: bigint;
  /** Names the store: another one begins its revisions anew. */
  cluster: string;
}

/**
 * Renewed by its engine until it is released or lost. Its validity counts from the moment the last
 * confirmed renewal was sent, on the monotonic clock, less a margin for drift: while `nowMs` lies
 * before `validUntilMs` no other holder can have been let in. That clock stands still while a machine is
 * suspended, and no clock is looked at between a look and a write: what matters is fenced besides.
 */
export interface Lease {
  readonly id: bigint;
  /** As granted; engines may round up. */
  readonly ttlMs: number;
  /** Of `Clock.nowMs`. */
  readonly validUntilMs: number;
  /** `Clock.nowMs` at which the last confirmed renewal was sent. */
  readonly renewedAtMs: number;
  /**
   * Aborted once the engine said that it is gone, its validity ran out, it was released, or nobody renews
   * it any more because the engine was closed. It never comes back.
   */
  readonly lost: AbortSignal;
  /** Its keys vanish at once, or at the end of its ttl where the engine cannot be reached. Twice is once. */
  release(): Promise<void>;
}

/** What an engine tells of itself, for people. */
export interface CoordinationFacts {
  engine: 'embedded' | 'etcd' | 'remote';
  cluster: string;
  revision: bigint;
  /** Without credentials. */
  endpoints: string[];
  /** etcd: its members and who leads. */
  members: { name: string; endpoint: string; version: string; leader: boolean }[];
  /** What its operator should know, whole sentences, such as a version with known faults. */
  warnings: string[];
}

/**
 * Every call rejects with a HoldfastError: COORDINATION_FAILED when the engine cannot be reached or
 * does not answer in time (a transaction may then have happened or not), USAGE for what no engine
 * takes, UNAUTHORIZED or FORBIDDEN for what we may not do, COMPACTED for revisions that are gone,
 * LEASE_LOST for a put with a lease that is gone.
 */
export interface Coordination {
  get(key: string, signal?: AbortSignal): Promise<Entry | undefined>;
  /** All keys that begin with `prefix`, read at one revision, now or (`at`) as it was then. */
  list(prefix: string, options?: { at?: bigint; signal?: AbortSignal }): Promise<Listing>;
  /** At most TRANSACTION_OPERATIONS_MAX comparisons and as many operations of a branch. */
  txn(transaction: Transaction, signal?: AbortSignal): Promise<TransactionAnswer>;
  /**
   * Every transaction from revision `from` on (≥ 1) that changed a key of the prefix, in order, none twice.
   * Returns when `signal` aborts; throws COMPACTED when `from` is gone (an engine may say so of the oldest
   * revision that can be listed at, too), COORDINATION_FAILED when the stream broke or was silent too long.
   * Signs of life come at least every WATCH_SIGN_MS.
   */
  watch(prefix: string, from: bigint, signal: AbortSignal): AsyncIterable<WatchItem>;
  /** `ttlMs`: LEASE_BOUNDS. */
  lease(ttlMs: number): Promise<Lease>;
  /** For whoever renews on behalf of others. */
  readonly leases: LeaseAuthority;
  facts(): Promise<CoordinationFacts>;
  /** Ends every watch, stops renewing every lease (without releasing it) and lets go of everything. */
  close(): Promise<void>;
}

/** etcd's own bound (`--max-txn-ops`). */
export const TRANSACTION_OPERATIONS_MAX = 128;
export const VALUE_BYTES_MAX = 1024 * 1024;
/** Keys and values of a whole transaction; etcd refuses requests above 1.5 MiB. */
export const TRANSACTION_BYTES_MAX = 1_280 * 1024;
export const KEY_BYTES_MAX = 1_024;
export const LEASE_BOUNDS = { minMs: 1_000, maxMs: 3_600_000 };
export const WATCH_SIGN_MS = 5_000;
