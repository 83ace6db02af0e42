// Reads of single keys that are asked for in one turn of the loop go to etcd together, as one read-only
// transaction: it is as linearizable as each alone, and costs both sides a fraction. Nobody waits for it:
// what was asked in a turn leaves at its end. Where a transaction is refused, each read is made alone,
// so that one key that may not be read, or is too large, spoils no other.

import { type Entry, TRANSACTION_OPERATIONS_MAX } from '../coordination/coordination.ts';
import type { Root } from './entries.ts';
import type { EtcdCalls } from './etcd-calls.ts';
import { GrpcFailure } from './grpc-failure.ts';
import type { KeyValue } from './messages.ts';
import { METHODS } from './methods.ts';
import { retryOf } from './retry-rule.ts';

interface Waiting {
  key: string;
  signal: AbortSignal | undefined;
  resolve(kv: KeyValue | undefined): void;
  reject(error: unknown): void;
}

export class GatheredReads {
  readonly #calls: EtcdCalls;
  readonly #root: Root;
  #waiting: Waiting[] = [];

  constructor(calls: EtcdCalls, root: Root) {
    this.#calls = calls;
    this.#root = root;
  }

  /** Rejects with a HoldfastError, or with the signal's reason. */
  async get(key: string, signal?: AbortSignal): Promise<Entry | undefined> {
    signal?.throwIfAborted();
    const kv = await new Promise<KeyValue | undefined>((resolve, reject) => {
      if (this.#waiting.length === 0) process.nextTick(() => this.#leave());
      const waiting = { key: this.#root.key(key), signal, resolve, reject };
      this.#waiting.push(signal === undefined ? waiting : abortable(waiting, signal));
    });
    return kv === undefined ? undefined : this.#root.entry(kv);
  }

  #leave(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < all.length; at += TRANSACTION_OPERATIONS_MAX) {
      const some = all.slice(at, at + TRANSACTION_OPERATIONS_MAX);
      if (some.length === 1) for (const one of some) void this.#alone(one);
      else void this.#together(some);
    }
  }

  async #together(some: readonly Waiting[]): Promise<void> {
    const success = some.map(({ key }) => ({ range: { key } }));
    try {
      const { responses } = await this.#calls.call(METHODS.txn, { success }, { idempotent: true });
      for (const [index, { resolve }] of some.entries()) resolve(responses[index]?.range?.kvs[0]);
    } catch (error) {
      for (const one of some)
        if (isOfOne(error)) void this.#alone(one);
        else one.reject(error);
    }
  }

  async #alone({ key, signal, resolve, reject }: Waiting): Promise<void> {
    try {
      const options = { idempotent: true, signal };
      const { kvs } = await this.#calls.call(METHODS.range, { key }, options);
      resolve(kvs[0]);
    } catch (error) {
      reject(error);
    }
  }
}

/** What one of several may be the cause of. */
function isOfOne(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof GrpcFailure && retryOf(cause, true) === undefined;
}

/** Leaves at once when aborted; what was sent for it is not waited for. */
function abortable(waiting: Waiting, signal: AbortSignal): Waiting {
  const onAbort = () => waiting.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const over = () => signal.removeEventListener('abort', onAbort);
  return {
    ...waiting,
    resolve: (kv) => {
      over();
      waiting.resolve(kv);
    },
    reject: (error) => {
      over();
      waiting.reject(error);
    },
  };
}
