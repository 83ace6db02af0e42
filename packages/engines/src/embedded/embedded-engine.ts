// The store with all that keeps it going: the line of commits, the leases that run out, the watches.
// There is one per store, however many clients it has. It holds no file itself: whoever opens it
// hands in what keeps the effects.

import type { Chance, Clock } from '@holdfast/kernel';
import type {
  CoordinationFacts,
  Operation,
  Transaction,
  TransactionAnswer,
  WatchItem,
} from '../coordination/coordination.ts';
import { closed, coordinationFailed } from '../coordination/coordination-error.ts';
import { CommitQueue, type Keeper } from './commit-queue.ts';
import { LeaseTable } from './lease-table.ts';
import type { RevisionStore } from './revision-store.ts';
import type { Staging } from './staging.ts';
import { Watches } from './watches.ts';

export interface EngineParts {
  store: RevisionStore;
  cluster: string;
  /** What `facts` shows. */
  shownAs: string;
  /** Keys and values that may be there at a time. */
  bytesMax: number;
  clock: Clock;
  chance: Chance;
  /** None = memory only. */
  keeper: Keeper | undefined;
  /** Lets go of what keeps the effects. */
  letGo: () => Promise<void>;
}

export class EmbeddedEngine {
  readonly store: RevisionStore;
  readonly cluster: string;
  readonly leases: LeaseTable;
  readonly #parts: EngineParts;
  readonly #watches: Watches;
  readonly #commits: CommitQueue;
  #closing: Promise<void> | undefined;

  constructor(parts: EngineParts) {
    const { store, cluster, clock, chance, keeper } = parts;
    this.store = store;
    this.cluster = cluster;
    this.#parts = parts;
    this.#watches = new Watches(store, clock, cluster);
    this.#commits = new CommitQueue({
      store,
      clock,
      keeper,
      onEffect: (effect) => {
        if (effect.type === 'changes') this.#watches.offer(effect);
      },
    });
    this.leases = new LeaseTable(this.#commits, clock, chance, store.leases());
  }

  /** Takes `transaction` over: its values are never copied. They have so many `bytes` with their keys. */
  transact(transaction: Transaction, bytes: number): Promise<TransactionAnswer> {
    return this.#commits.commit((staging) => {
      this.#refuseSurplus(staging, transaction);
      return staging.transact(transaction);
    }, bytes);
  }

  watch(prefix: string, from: bigint, signal: AbortSignal): AsyncIterable<WatchItem> {
    return this.#watches.watch(prefix, from, signal);
  }

  facts(): CoordinationFacts {
    const { shownAs, keeper } = this.#parts;
    const { revision } = this.store;
    const endpoints = [shownAs];
    return {
      engine: 'embedded',
      cluster: this.cluster,
      revision,
      endpoints,
      members: [],
      warnings: keeper?.warnings() ?? [],
    };
  }

  refuseClosed(): void {
    if (this.#closing !== undefined) throw closed();
  }

  /** Writes what waits, then lets go. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.leases.close();
    this.#watches.close();
    await this.#commits.close();
    await this.#parts.letGo();
  }

  #refuseSurplus(staging: Staging, transaction: Transaction): void {
    const { bytesMax } = this.#parts;
    if (this.store.liveBytes + staging.bytes <= bytesMax) return;
    const isPut = ({ type }: Operation) => type === 'put';
    // What only deletes may go on, or nobody could make room.
    if (transaction.then.some(isPut) || transaction.else?.some(isPut)) throw full(bytesMax);
  }
}

function full(bytesMax: number): Error {
  return coordinationFailed(
    `Coordination holds ${bytesMax} bytes of keys and values, as many as it may`,
    'Delete what is not needed; results and logs do not belong here.',
  );
}
