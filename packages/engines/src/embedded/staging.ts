// Where commands are worked out before they are safe: on what is committed, and on what was staged
// before them. It gives the effects; dropping it leaves the store as if nothing had been asked.

import type {
  Change,
  Compare,
  Entry,
  Operation,
  Transaction,
  TransactionAnswer,
} from '../coordination/coordination.ts';
import { leaseLost } from '../coordination/coordination-error.ts';
import type { Effect } from './effect.ts';
import { compareKeys } from './key-order.ts';
import type { RevisionStore } from './revision-store.ts';

export class Staging {
  readonly #store: RevisionStore;
  readonly #effects: Effect[] = [];
  /** Over the store's own: undefined = deleted. */
  readonly #written = new Map<string, Entry | undefined>();
  /** Over the store's own: granted or revoked. */
  readonly #leases = new Map<bigint, boolean>();
  #revision: bigint;
  #bytes = 0;

  /** The store must not change until this was dropped, or its effects were applied. */
  constructor(store: RevisionStore) {
    this.#store = store;
    this.#revision = store.revision;
  }

  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /** Keys and values in the effects; keys by their UTF-16 length. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes `transaction` over: its values are never copied. Throws LEASE_LOST, having staged nothing. */
  transact(transaction: Transaction): TransactionAnswer {
    const done = transaction.if.every((compare) => this.#holds(compare));
    const operations = done ? transaction.then : (transaction.else ?? []);
    this.#refuseLostLeases(operations);
    const revision = this.#revision + 1n;
    const changes: Change[] = [];
    const entries: Entry[] = [];
    for (const operation of operations) {
      const before = this.#entry(operation.key);
      if (operation.type === 'put') changes.push(this.#put(operation, before, revision));
      else if (before === undefined) continue;
      else if (operation.type === 'get') entries.push(before);
      else changes.push(this.#delete(operation.key, revision));
    }
    this.#stage(revision, changes);
    return { done, revision: this.#revision, entries };
  }

  /** False when there is such a lease already. */
  grant(id: bigint, ttlMs: number): boolean {
    if (this.#hasLease(id)) return false;
    this.#leases.set(id, true);
    this.#effects.push({ type: 'grant', lease: id, ttlMs });
    return true;
  }

  /** Deletes its keys in one transaction, ascending. One that is gone is gone. */
  revoke(id: bigint): void {
    if (!this.#hasLease(id)) return;
    const keys = new Set(this.#store.lease(id)?.keys);
    for (const key of this.#written.keys()) keys.add(key);
    const attached = [...keys].filter((key) => this.#entry(key)?.lease === id).sort(compareKeys);
    const revision = this.#revision + 1n;
    this.#stage(
      revision,
      attached.map((key) => this.#delete(key, revision)),
    );
    this.#leases.set(id, false);
    this.#effects.push({ type: 'revoke', lease: id });
  }

  #stage(revision: bigint, changes: Change[]): void {
    if (changes.length === 0) return;
    this.#revision = revision;
    this.#effects.push({ type: 'changes', revision, changes });
  }

  #put(
    operation: Extract<Operation, { type: 'put' }>,
    before: Entry | undefined,
    revision: bigint,
  ): Change {
    const { key, value, lease } = operation;
    const createRevision = before?.createRevision ?? revision;
    const entry: Entry = { key, value, createRevision, modRevision: revision };
    if (lease !== undefined) entry.lease = lease;
    this.#written.set(key, Object.freeze(entry));
    this.#bytes += key.length + value.length;
    return { type: 'put', entry };
  }

  #delete(key: string, revision: bigint): Change {
    this.#written.set(key, undefined);
    this.#bytes += key.length;
    return { type: 'delete', key, modRevision: revision };
  }

  #entry(key: string): Entry | undefined {
    if (this.#written.has(key)) return this.#written.get(key);
    return this.#store.get(key);
  }

  #hasLease(id: bigint): boolean {
    return this.#leases.get(id) ?? this.#store.lease(id) !== undefined;
  }

  #holds(compare: Compare): boolean {
    const entry = this.#entry(compare.key);
    if ('createRevision' in compare)
      return compare.createRevision === (entry?.createRevision ?? 0n);
    if ('modRevision' in compare) return compare.modRevision === (entry?.modRevision ?? 0n);
    return entry !== undefined && Buffer.compare(entry.value, compare.value) === 0;
  }

  #refuseLostLeases(operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (operation.type !== 'put' || operation.lease === undefined) continue;
      if (!this.#hasLease(operation.lease)) throw leaseLost(operation.lease);
    }
  }
}
