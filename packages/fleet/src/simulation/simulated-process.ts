// One process of a simulated fleet: it can be stopped and continued at any moment, as by SIGSTOP and
// SIGCONT, and killed. While it is stopped its timers do not fire and its calls neither leave nor
// return, but time and the store go on without it.

import type {
  Coordination,
  Lease,
  LeaseAuthority,
  Listing,
  Transaction,
  TransactionAnswer,
  WatchItem,
} from '@holdfast/engines/coordination';
import { type Clock, HoldfastError, sleep, type Timer } from '@holdfast/kernel';

export class SimulatedProcess implements Clock {
  readonly #clock: Clock;
  #stopped: PromiseWithResolvers<void> | undefined;
  /** What fell due meanwhile, in order. */
  #due: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  after(delayMs: number, callback: () => void): Timer {
    let isCancelled = false;
    const fire = () => {
      if (isCancelled) return;
      if (this.#stopped === undefined) callback();
      else this.#due.push(fire);
    };
    const timer = this.#clock.after(delayMs, fire);
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  }

  /** Killed = stopped for ever. */
  stop(): void {
    this.#stopped ??= Promise.withResolvers();
  }

  continue(): void {
    const stopped = this.#stopped;
    this.#stopped = undefined;
    const due = this.#due;
    this.#due = [];
    for (const fire of due) fire();
    stopped?.resolve();
  }

  /** A call that leaves and returns only while the process runs. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    await this.running();
    const outcome = await work().then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    await this.running();
    return outcome();
  }

  async running(): Promise<void> {
    while (this.#stopped !== undefined) await this.#stopped.promise;
  }
}

/** How long a transaction is on its way; told of each as it is sent. */
export type Way = (transaction: Transaction) => number;

/**
 * The process's own hold on a store: its leases live by its own timers. What it had sent when it was
 * stopped arrives when it goes on, whatever it would decide by then.
 */
export function coordinationOf(
  process: SimulatedProcess,
  store: Coordination,
  way: Way,
): Coordination {
  const leases: LeaseAuthority = {
    grant: (ttlMs) => process.call(() => store.leases.grant(ttlMs)),
    renew: (id) => process.call(() => store.leases.renew(id)),
    release: (id) => process.call(() => store.leases.release(id)),
  };
  return {
    leases,
    get: (key, signal) => process.call(() => store.get(key, signal)),
    list: (prefix, options): Promise<Listing> => process.call(() => store.list(prefix, options)),
    txn: (transaction: Transaction): Promise<TransactionAnswer> =>
      process.call(async () => {
        await sleep(process, way(transaction));
        return store.txn(transaction);
      }),
    async *watch(prefix: string, from: bigint, signal: AbortSignal): AsyncGenerator<WatchItem> {
      for await (const item of store.watch(prefix, from, signal)) {
        await process.running();
        yield item;
      }
    },
    lease: (ttlMs) => openLease(process, leases, ttlMs),
    facts: () => process.call(() => store.facts()),
    close: async () => {},
  };
}

/** Renewed every third of its ttl; counted from the moment a renewal was sent, less a margin. */
async function openLease(
  process: SimulatedProcess,
  leases: LeaseAuthority,
  ttlMs: number,
): Promise<Lease> {
  const lost = new AbortController();
  let renewedAtMs = process.nowMs();
  const { id } = await leases.grant(ttlMs);
  const validMs = ttlMs * 0.95;
  let timer: Timer | undefined;
  let isReleased = false;
  const end = () => {
    timer?.cancel();
    if (!lost.signal.aborted) lost.abort(new HoldfastError('LEASE_LOST', 'It is gone.', 'Begin.'));
  };
  const renewLater = () => {
    timer = process.after(ttlMs / 3, () => void renew());
  };
  const renew = async (): Promise<void> => {
    const sentMs = process.nowMs();
    if (sentMs >= renewedAtMs + validMs) return end();
    try {
      await leases.renew(id);
      renewedAtMs = sentMs;
      if (process.nowMs() >= sentMs + validMs) end();
      else if (!isReleased && !lost.signal.aborted) renewLater();
    } catch {
      end();
    }
  };
  renewLater();
  return {
    id,
    ttlMs,
    get validUntilMs() {
      return renewedAtMs + validMs;
    },
    get renewedAtMs() {
      return renewedAtMs;
    },
    lost: lost.signal,
    release: async () => {
      isReleased = true;
      end();
      await leases.release(id);
    },
  };
}
