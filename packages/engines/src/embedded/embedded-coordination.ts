// One client of an embedded store, as the contract wants it: checked calls, leases that are renewed,
// watches that end when the client is closed. Reads answer from what is committed.

import type { Chance, Clock, Logger } from '@holdfast/kernel';
import {
  checkKey,
  checkPrefix,
  checkRevision,
  checkTransaction,
  checkTtl,
} from '../coordination/check-call.ts';
import type {
  Coordination,
  CoordinationFacts,
  Entry,
  Lease,
  LeaseAuthority,
  Listing,
  Transaction,
  TransactionAnswer,
  WatchItem,
} from '../coordination/coordination.ts';
import { closed } from '../coordination/coordination-error.ts';
import { LeaseKeeper } from '../coordination/lease-keeper.ts';
import type { EmbeddedEngine } from './embedded-engine.ts';

export interface ClientParts {
  engine: EmbeddedEngine;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

export class EmbeddedCoordination implements Coordination {
  readonly leases: LeaseAuthority;
  readonly #parts: ClientParts;
  readonly #engine: EmbeddedEngine;
  readonly #keeper: LeaseKeeper;
  readonly #onClose: () => Promise<void>;
  /** Aborted when this client is closed. */
  readonly #ending = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(parts: ClientParts, onClose: () => Promise<void>) {
    this.#parts = parts;
    this.#engine = parts.engine;
    this.#onClose = onClose;
    this.leases = this.#openLeases();
    this.#keeper = new LeaseKeeper({ ...parts, authority: this.leases });
  }

  async get(key: string, signal?: AbortSignal): Promise<Entry | undefined> {
    checkKey(key);
    this.#begin(signal);
    return this.#engine.store.get(key);
  }

  async list(
    prefix: string,
    { at, signal }: { at?: bigint; signal?: AbortSignal } = {},
  ): Promise<Listing> {
    checkPrefix(prefix);
    if (at !== undefined) checkRevision(at);
    this.#begin(signal);
    const { store, cluster } = this.#engine;
    return { entries: store.list(prefix, at), revision: at ?? store.revision, cluster };
  }

  async txn(transaction: Transaction, signal?: AbortSignal): Promise<TransactionAnswer> {
    const bytes = checkTransaction(transaction);
    this.#begin(signal);
    return this.#engine.transact(ownCopy(transaction), bytes);
  }

  async *watch(prefix: string, from: bigint, signal: AbortSignal): AsyncGenerator<WatchItem> {
    checkPrefix(prefix);
    checkRevision(from);
    this.#begin();
    yield* this.#engine.watch(prefix, from, AbortSignal.any([signal, this.#ending.signal]));
  }

  lease(ttlMs: number): Promise<Lease> {
    return this.#keeper.lease(ttlMs);
  }

  async facts(): Promise<CoordinationFacts> {
    this.#begin();
    return this.#engine.facts();
  }

  /** Forgets what was before `revision`: it is the oldest that can be listed at or watched from. */
  async compact(revision: bigint): Promise<void> {
    checkRevision(revision);
    this.#begin();
    this.#engine.store.compact(revision);
  }

  /** Another client of the same store, with leases and watches of its own. It ends with this one's store. */
  client(): EmbeddedCoordination {
    this.#begin();
    return new EmbeddedCoordination(this.#parts, async () => {});
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#keeper.close();
    this.#ending.abort();
    await this.#onClose();
  }

  #begin(signal?: AbortSignal): void {
    if (this.#closing !== undefined) throw closed();
    this.#engine.refuseClosed();
    signal?.throwIfAborted();
  }

  #openLeases(): LeaseAuthority {
    const { leases } = this.#engine;
    return {
      grant: async (ttlMs) => {
        checkTtl(ttlMs);
        this.#begin();
        return leases.grant(ttlMs);
      },
      renew: async (id) => {
        this.#begin();
        return leases.renew(id);
      },
      release: async (id) => {
        this.#begin();
        return leases.release(id);
      },
    };
  }
}

/** Callers may go on writing into their bytes. */
function ownCopy(transaction: Transaction): Transaction {
  const own = <T extends object>(item: T): T =>
    'value' in item && item.value instanceof Uint8Array
      ? { ...item, value: new Uint8Array(item.value) }
      : item;
  const { if: compares, then, else: otherwise } = transaction;
  return {
    if: compares.map(own),
    then: then.map(own),
    ...(otherwise === undefined ? {} : { else: otherwise.map(own) }),
  };
}
