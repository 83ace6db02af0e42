// One watch on one stream of etcd, from its creation to its end. Its peer is asked for a sign of life
// while nothing comes, and given up when it stays silent; a consumer that is slow holds back the peer,
// never the memory. etcd before 3.4.25 and 3.5.8 may answer such a question before it has sent earlier
// events, so a sign of life never says how far the watch is.

import type { Clock, Timer } from '@holdfast/kernel';
import { compacted, coordinationFailed } from '../coordination/coordination-error.ts';
import type { Root } from './entries.ts';
import type { EtcdCalls, OpenStream } from './etcd-calls.ts';
import { contractError, unreadable } from './etcd-error.ts';
import { GrpcFailure, STATUS } from './grpc-failure.ts';
import { type WatchResponse, watchRequest, watchResponse } from './messages.ts';
import { WATCH_PATH } from './methods.ts';
import { type Transacted, WatchIntake } from './watch-intake.ts';

/** Four of them are WATCH_SIGN_MS: one in which something came, and three in which nothing did. */
const TURN_MS = 1_250;
const SILENT_TURNS_MAX = 3;
/**
 * Until the first question, so that whoever came back soon knows that he missed nothing: etcd tells what
 * was before at turns of 100 ms, so by then it is on its way, and comes before the answer.
 */
const FIRST_SIGN_MS = 300;
/** Beyond it the peer is held back; its window adds as much again. */
const KEPT_BYTES_MAX = 1024 * 1024;

/** A sign of life has no changes. */
export type Told = Pick<Transacted, 'revision' | 'changes'>;

export interface WatchWish {
  prefix: string;
  from: bigint;
  root: Root;
  clock: Clock;
  signal: AbortSignal;
}

export class WatchStream {
  readonly #wish: WatchWish;
  readonly #intake: WatchIntake;
  readonly #kept: Transacted[] = [];
  readonly #created = Promise.withResolvers<void>();
  #keptBytes = 0;
  #sign: Told | undefined;
  #open: OpenStream | undefined;
  #end: { error: unknown } | undefined;
  #wake: (() => void) | undefined;
  #timer: Timer | undefined;
  #heard = true;
  #silentTurns = 0;
  #isHeldBack = false;

  constructor(wish: WatchWish) {
    this.#wish = wish;
    this.#intake = new WatchIntake(wish.root, wish.from);
    this.#created.promise.catch(() => {});
  }

  /** Resolves once etcd has created the watch. Rejects with a GrpcFailure or a HoldfastError. */
  async start(calls: EtcdCalls): Promise<void> {
    const { prefix, from, root, signal, clock } = this.#wish;
    this.#open = await calls.stream(
      WATCH_PATH,
      {
        message: (bytes) => this.#take(bytes),
        ended: (failure) => this.#finish(failure),
      },
      signal,
    );
    const create = { ...root.range(prefix), startRevision: safeStart(from), fragment: true };
    this.#open.stream.send(watchRequest.encode({ create }));
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#timer = clock.after(FIRST_SIGN_MS, () => {
      this.#askForSign();
      this.#timer = clock.after(TURN_MS, () => this.#turn());
    });
    await this.#created.promise;
  }

  /** What comes next; undefined = the signal was aborted. Throws a GrpcFailure or a HoldfastError. */
  async next(): Promise<Told | undefined> {
    for (;;) {
      if (this.#wish.signal.aborted) return undefined;
      const told = this.#shift();
      if (told !== undefined) return told;
      if (this.#end !== undefined) throw this.#end.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.#wish.signal.removeEventListener('abort', this.#onAbort);
    this.#finish(undefined);
  }

  readonly #onAbort = () => this.#finish(this.#wish.signal.reason);

  #shift(): Told | undefined {
    const first = this.#kept.shift();
    if (first === undefined) {
      const sign = this.#sign;
      this.#sign = undefined;
      return sign;
    }
    this.#keptBytes -= first.bytes;
    if (this.#isHeldBack && this.#keptBytes < KEPT_BYTES_MAX / 2) {
      this.#isHeldBack = false;
      this.#open?.stream.resume();
    }
    return first;
  }

  #take(bytes: Buffer): void {
    if (this.#end !== undefined) return;
    this.#heard = true;
    try {
      this.#read(watchResponse.decode(bytes));
    } catch (error) {
      this.#finish(unreadable(error));
    }
  }

  #read(response: WatchResponse): void {
    // What etcd refuses to begin it calls created and cancelled at once.
    if (response.canceled) this.#finish(this.#cancellation(response));
    else if (response.created) this.#created.resolve();
    for (const transacted of this.#intake.take(response)) {
      this.#kept.push(transacted);
      this.#keptBytes += transacted.bytes;
    }
    if (!response.created && response.events.length === 0)
      this.#sign = { revision: response.header?.revision ?? 0n, changes: [] };
    if (this.#keptBytes > KEPT_BYTES_MAX && !this.#isHeldBack) {
      this.#isHeldBack = true;
      this.#open?.stream.pause();
    }
    this.#wakeUp();
  }

  #cancellation({ compactRevision, cancelReason }: WatchResponse): Error {
    if (compactRevision > 0n) return compacted(this.#wish.from, compactRevision);
    const status = /permission denied/.test(cancelReason)
      ? STATUS.permissionDenied
      : STATUS.unavailable;
    return new GrpcFailure(status, cancelReason || 'The watch was cancelled.', { said: true });
  }

  /** Something that waits here to be fetched is no silence of the peer. */
  #turn(): void {
    this.#silentTurns = this.#heard || this.#isHeldBack ? 0 : this.#silentTurns + 1;
    this.#heard = false;
    if (this.#silentTurns >= SILENT_TURNS_MAX) {
      this.#open?.blame();
      this.#finish(silent());
      return;
    }
    if (this.#silentTurns > 0) this.#askForSign();
    this.#timer = this.#wish.clock.after(TURN_MS, () => this.#turn());
  }

  #askForSign(): void {
    this.#open?.stream.send(watchRequest.encode({ progress: {} }));
  }

  #finish(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#timer?.cancel();
    this.#created.reject(error);
    this.#open?.stream.close();
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/**
 * One before what is wanted, which the intake leaves out: etcd before 3.4.36 and 3.5.18 takes a watch that
 * begins at the very revision to which it is compacted, and has forgotten what was deleted there. So
 * begun, such a watch is refused as compacted. 0 would mean from now on.
 */
function safeStart(from: bigint): bigint {
  return from > 1n ? from - 1n : from;
}

function silent(): Error {
  return coordinationFailed(
    `etcd said nothing on a watch for ${(SILENT_TURNS_MAX * TURN_MS) / 1_000} s, though it was asked`,
    'Look at the network to etcd, and whether its members get the processor they need.',
  );
}

/** What `next` and `start` throw, in the words of the contract. */
export function watchError(error: unknown, revision: bigint): unknown {
  return contractError(error, { revision });
}
