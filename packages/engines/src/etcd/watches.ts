// Watches of the contract over etcd: each has a stream of its own, is created within the time of a call,
// over another member where one fails before anything was told, and ends when its stream does.

import { type Chance, type Clock, fullJitter, sleep } from '@holdfast/kernel';
import { checkPrefix, checkRevision } from '../coordination/check-call.ts';
import type { WatchItem } from '../coordination/coordination.ts';
import { closed } from '../coordination/coordination-error.ts';
import type { Root } from './entries.ts';
import type { EtcdCalls } from './etcd-calls.ts';
import { GrpcFailure, STATUS } from './grpc-failure.ts';
import { retryOf } from './retry-rule.ts';
import type { StoreIdentity } from './store-identity.ts';
import { WatchStream, type WatchWish, watchError } from './watch-stream.ts';

export interface WatchesOptions {
  calls: EtcdCalls;
  identity: StoreIdentity;
  root: Root;
  clock: Clock;
  chance: Chance;
}

const TRIES_MAX = 6;
const WAIT_MS = 50;

export class Watches {
  readonly #options: WatchesOptions;
  readonly #closing = new AbortController();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  async *watch(prefix: string, from: bigint, signal: AbortSignal): AsyncGenerator<WatchItem> {
    checkPrefix(prefix);
    checkRevision(from);
    const { root, clock, identity } = this.#options;
    const ending = AbortSignal.any([signal, this.#closing.signal]);
    if (this.#closing.signal.aborted) throw closed();
    let stream: WatchStream | undefined;
    try {
      if (signal.aborted) return;
      stream = await this.#started({ prefix, from, root, clock, signal: ending });
      // Read after the watch began: a store that took the place of another one is named as itself.
      const { name: cluster } = await identity.name({ signal: ending });
      for (;;) {
        const told = await stream.next();
        if (told === undefined) return;
        yield { cluster, revision: told.revision, changes: told.changes };
      }
    } catch (error) {
      if (!ending.aborted) throw watchError(error, from);
    } finally {
      stream?.close();
    }
  }

  /** Ends every watch. */
  close(): void {
    this.#closing.abort(closed());
  }

  async #started(wish: WatchWish): Promise<WatchStream> {
    const { clock, chance, calls } = this.#options;
    const deadlineMs = clock.nowMs() + calls.timeoutMs;
    for (let tries = 1; ; tries += 1) {
      const stream = new WatchStream(wish);
      try {
        await stream.start(calls);
        return stream;
      } catch (error) {
        stream.close();
        const waitMs = fullJitter(chance, WAIT_MS * 2 ** tries);
        const again = tries < TRIES_MAX && clock.nowMs() + waitMs < deadlineMs;
        if (!again || !(await this.#mayTryAgain(error))) throw error;
        await sleep(clock, waitMs, wish.signal);
      }
    }
  }

  /** etcd 3.4 says "permission denied" of a watch whose token it no longer knows. */
  async #mayTryAgain(error: unknown): Promise<boolean> {
    if (!(error instanceof GrpcFailure)) return false;
    const refused = error.status === STATUS.permissionDenied && error.said;
    const retry = retryOf(error, true);
    if (refused || retry === 'authenticate') return this.#options.calls.forgetToken();
    return retry !== undefined;
  }
}
