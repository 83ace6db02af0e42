// A lock that several processes share, fair and fenced: everybody who wants it stands in line with a
// key of his own, the oldest key holds, and each waiter watches only the one before him. A lease frees
// it from whoever dies. No lock can keep a process from acting that stood still and does not know that
// its time is over: so each hold has a token that only grows, and what is written under it is refused
// where a higher one was seen.

import { type Chance, type Clock, HoldfastError } from '@holdfast/kernel';
import type { Compare, Coordination, Lease, Transaction } from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import { LockLine } from './lock-line.ts';

export interface LockOptions {
  coordination: Coordination;
  namespace: string;
  name: string;
  /** For people: who holds it. */
  holder: string;
  /** Within LEASE_BOUNDS: so long after its holder's death the lock passes on. */
  ttlMs: number;
  /** In the line; 0 = now or not at all, as soon as the store has said which. Default 30,000. */
  waitMs?: number;
  signal?: AbortSignal;
  clock: Clock;
  chance: Chance;
}

export interface Lock {
  /** Fencing token: grows with each hold. A store keeps the highest that it has seen, and refuses lower ones. */
  readonly token: bigint;
  /** Holds while the lock is ours: put it into `if` of what is written to coordination. */
  readonly fence: Compare;
  /** By our own clock; false from the moment that somebody else could be let in. */
  readonly isHeld: boolean;
  /** Aborted when the lock is known to be lost, or was released. */
  readonly lost: AbortSignal;
  /** Lets the next one in at once. Twice is once. */
  release(): Promise<void>;
}

const WAIT_MS = 30_000;

/**
 * Rejects with BUSY when it was not ours within `waitMs`, with the signal's reason, with LEASE_LOST when
 * the place in the line was lost, or with COORDINATION_FAILED; then nothing is left in the line.
 */
export async function acquireLock(options: LockOptions): Promise<Lock> {
  options.signal?.throwIfAborted();
  const { coordination, clock, ttlMs, waitMs = WAIT_MS } = options;
  const lease = await coordination.lease(ttlMs);
  const patience = new AbortController();
  // Without patience nothing is waited for but the store's own answers, which have their bounds.
  const timer = waitMs > 0 ? clock.after(waitMs, () => patience.abort()) : undefined;
  const given = options.signal === undefined ? [] : [options.signal];
  const signal = AbortSignal.any([patience.signal, lease.lost, ...given]);
  const line = new LockLine(options);
  try {
    const place = await takePlace(options, lease, signal);
    await line.awaitTurn(place, signal, waitMs > 0);
    return heldLock(place, lease, clock);
  } catch (error) {
    await lease.release();
    throw patience.signal.aborted ? line.busy(waitMs) : error;
  } finally {
    timer?.cancel();
  }
}

/** Where a candidate stands in the line: nobody with a higher revision comes before him. */
export interface Place {
  key: string;
  createRevision: bigint;
}

async function takePlace(
  { coordination, namespace, name, holder, clock }: LockOptions,
  lease: Lease,
  signal: AbortSignal,
): Promise<Place> {
  // Of equal length, so that no key is the beginning of another one, which a watch would take for it.
  const key = `${KEYS.lock(namespace, name)}${BigInt.asUintN(64, lease.id).toString(16).padStart(16, '0')}`;
  const value = Buffer.from(JSON.stringify({ holder, askedAtMs: clock.wallMs() }));
  const entry: Transaction = {
    if: [{ key, createRevision: 0n }],
    then: [{ type: 'put', key, value, lease: lease.id }],
  };
  const { done, revision } = await coordination.txn(entry, signal);
  if (done) return { key, createRevision: revision };
  throw new HoldfastError(
    'CONFLICT',
    `The place ${key} in the line is taken, though its lease is new.`,
    'Look for who writes keys of locks without asking for them.',
  );
}

function heldLock({ key, createRevision }: Place, lease: Lease, clock: Clock): Lock {
  return {
    token: createRevision,
    fence: { key, createRevision },
    get isHeld() {
      return !lease.lost.aborted && clock.nowMs() < lease.validUntilMs;
    },
    lost: lease.lost,
    release: () => lease.release(),
  };
}
