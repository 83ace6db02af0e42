// When leases run out, on the monotonic clock. A lease that ran out is never renewed again, even while
// its keys still wait to vanish because the disk takes nothing. Leases that were on disk at the start
// get their ttl anew, for nobody knows how long the process was away.

import type { Chance, Clock, Timer } from '@holdfast/kernel';
import { coordinationFailed, leaseLost } from '../coordination/coordination-error.ts';
import type { LeaseAuthority } from '../coordination/lease-authority.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { StoredLease } from './revision-store.ts';

/** Far more than a fleet has; reached only by a fault. */
const LEASES_MAX = 100_000;
/** After the store could not be written. */
const REVOKE_AGAIN_MS = 1_000;

interface Term {
  ttlMs: number;
  deadlineMs: number;
  /** It ran out, or is being released. */
  isOver: boolean;
  timer: Timer;
}

export class LeaseTable implements LeaseAuthority {
  readonly #commits: CommitQueue;
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #terms = new Map<bigint, Term>();
  #isClosed = false;

  constructor(commits: CommitQueue, clock: Clock, chance: Chance, stored: Iterable<StoredLease>) {
    this.#commits = commits;
    this.#clock = clock;
    this.#chance = chance;
    for (const { id, ttlMs } of stored) this.#begin(id, ttlMs);
  }

  async grant(ttlMs: number): Promise<{ id: bigint; ttlMs: number }> {
    if (this.#terms.size >= LEASES_MAX) throw tooMany();
    const id = await this.#commits.commit((staging) => {
      for (;;) {
        const drawn = drawId(this.#chance);
        if (staging.grant(drawn, ttlMs)) return drawn;
      }
    });
    this.#begin(id, ttlMs);
    return { id, ttlMs };
  }

  async renew(id: bigint): Promise<{ ttlMs: number }> {
    const term = this.#terms.get(id);
    if (term === undefined || term.isOver) throw leaseLost(id);
    const nowMs = this.#clock.nowMs();
    // The timer may be late.
    if (nowMs >= term.deadlineMs) throw leaseLost(id);
    term.deadlineMs = nowMs + term.ttlMs;
    return { ttlMs: term.ttlMs };
  }

  async release(id: bigint): Promise<void> {
    const term = this.#terms.get(id);
    if (term === undefined) return;
    const wasOver = term.isOver;
    term.isOver = true;
    try {
      await this.#revoke(id);
    } catch (error) {
      term.isOver = wasOver;
      throw error;
    }
  }

  /** Leases neither run out nor are released any more. */
  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#terms.values()) timer.cancel();
    this.#terms.clear();
  }

  #begin(id: bigint, ttlMs: number): void {
    // Granted while the line of commits was being emptied: it begins when the store is opened again.
    if (this.#isClosed) return;
    const deadlineMs = this.#clock.nowMs() + ttlMs;
    const timer = this.#clock.after(ttlMs, () => this.#onDue(id));
    this.#terms.set(id, { ttlMs, deadlineMs, isOver: false, timer });
  }

  /** Renewing moves only the deadline: the timer finds out, once per ttl. */
  #onDue(id: bigint): void {
    const term = this.#terms.get(id);
    if (term === undefined) return;
    const leftMs = term.deadlineMs - this.#clock.nowMs();
    if (leftMs > 0) {
      term.timer = this.#clock.after(leftMs, () => this.#onDue(id));
      return;
    }
    term.isOver = true;
    term.timer = this.#clock.after(REVOKE_AGAIN_MS, () => this.#onDue(id));
    // It is tried again above; what failed is told by those who write.
    this.#revoke(id).catch(() => {});
  }

  async #revoke(id: bigint): Promise<void> {
    await this.#commits.commit((staging) => staging.revoke(id));
    this.#terms.get(id)?.timer.cancel();
    this.#terms.delete(id);
  }
}

/** 63 bits, never 0: as etcd's, a positive int64. */
function drawId(chance: Chance): bigint {
  const [high, low] = [chance.integer(2 ** 31), chance.integer(2 ** 32)];
  return (BigInt(high) << 32n) | BigInt(low) || 1n;
}

function tooMany(): Error {
  return coordinationFailed(
    `${LEASES_MAX} leases are held already`,
    'Find out who takes leases and never releases them.',
  );
}
