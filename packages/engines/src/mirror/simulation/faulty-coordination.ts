// Coordination with a bad line before it: calls are refused, late or never answered, streams break,
// fall silent or tell of a member that lags behind. What gets through is the engine's own and in
// order: the line may fail in every way, but it never lies about the store.

import { type Chance, type Clock, HoldfastError, silentLogger, sleep } from '@holdfast/kernel';
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
} from '../../coordination/coordination.ts';
import { LeaseKeeper } from '../../coordination/lease-keeper.ts';

/** After which a call that nobody answers is given up. */
const DEADLINE_MS = 5_000;

/** `refused`: at once; `silent`: never answered, streams included. */
export type Line = 'well' | 'refused' | 'silent';

interface Stream {
  cut: AbortController;
  isSilent: boolean;
  /** Told before the next item. */
  isLagging: boolean;
}

export class FaultyCoordination implements Coordination {
  /** Everything goes to it; another one = the store was replaced. */
  engine: Coordination;
  line: Line = 'well';
  latencyMs = 0;
  /** What the store calls itself, when not as its engine does. */
  cluster: string | undefined;
  readonly leases: LeaseAuthority = {
    grant: (ttlMs) => this.#call(() => this.engine.leases.grant(ttlMs)),
    renew: (id) => this.#call(() => this.engine.leases.renew(id)),
    release: (id) => this.#call(() => this.engine.leases.release(id)),
  };
  readonly #clock: Clock;
  readonly #keeper: LeaseKeeper;
  readonly #streams = new Set<Stream>();

  /** `clock`: of the client before this line, on which its leases count. */
  constructor(engine: Coordination, clock: Clock, chance: Chance) {
    this.engine = engine;
    this.#clock = clock;
    this.#keeper = new LeaseKeeper({
      authority: this.leases,
      clock,
      chance,
      logger: silentLogger,
    });
  }

  get(key: string, signal?: AbortSignal): Promise<Entry | undefined> {
    return this.#call(() => this.engine.get(key, signal), signal);
  }

  async list(prefix: string, options?: { at?: bigint; signal?: AbortSignal }): Promise<Listing> {
    const list = () => this.engine.list(prefix, options);
    const listing = await this.#call(list, options?.signal);
    return { ...listing, cluster: this.cluster ?? listing.cluster };
  }

  txn(transaction: Transaction, signal?: AbortSignal): Promise<TransactionAnswer> {
    return this.#call(() => this.engine.txn(transaction, signal), signal);
  }

  async *watch(prefix: string, from: bigint, signal: AbortSignal): AsyncGenerator<WatchItem> {
    const stream = { cut: new AbortController(), isSilent: false, isLagging: false };
    this.#streams.add(stream);
    try {
      await this.#call(async () => {}, signal);
      const ended = AbortSignal.any([signal, stream.cut.signal]);
      for await (const item of this.engine.watch(prefix, from, ended)) {
        await this.#way(ended);
        if (stream.isSilent) await aborted(ended);
        if (ended.aborted) break;
        const told = { ...item, cluster: this.cluster ?? item.cluster };
        if (stream.isLagging) yield { ...told, revision: 1n, changes: [] };
        stream.isLagging = false;
        yield told;
      }
      if (!signal.aborted) throw broken('The stream broke.');
    } finally {
      this.#streams.delete(stream);
    }
  }

  lease(ttlMs: number): Promise<Lease> {
    return this.#keeper.lease(ttlMs);
  }

  facts(): Promise<CoordinationFacts> {
    return this.#call(() => this.engine.facts());
  }

  /** The engine goes on: others use it too. */
  async close(): Promise<void> {
    this.#keeper.close();
    this.breakStreams();
  }

  breakStreams(): void {
    for (const stream of this.#streams) stream.cut.abort();
  }

  /** Those that are there now say nothing any more, and do not end either. */
  silenceStreams(): void {
    for (const stream of this.#streams) stream.isSilent = true;
  }

  /** Each tells once of an old revision, as a member of a cluster does that lags behind. */
  lagStreams(): void {
    for (const stream of this.#streams) stream.isLagging = true;
  }

  async #call<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.line === 'refused') throw broken('The connection was refused.');
    if (this.line === 'silent') {
      await sleep(this.#clock, DEADLINE_MS, signal);
      throw broken('Nobody answered.');
    }
    await this.#way(signal);
    return call();
  }

  async #way(signal?: AbortSignal): Promise<void> {
    if (this.latencyMs > 0) await sleep(this.#clock, this.latencyMs, signal).catch(() => {});
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function broken(what: string): HoldfastError {
  return new HoldfastError('COORDINATION_FAILED', what, 'Wait for the line to heal.');
}
