// Makes leases of the contract out of an engine's bare steps. A lease is renewed every third of its
// ttl, and again with full jitter while that fails. Its validity counts from the moment a confirmed
// renewal was sent, never from its answer, which may have lain in a buffer while this process stood
// still: so it ends here before it ends in the engine, whatever happened in between.

import {
  type Chance,
  type Clock,
  fullJitter,
  isHoldfastError,
  type Logger,
  type Timer,
} from '@holdfast/kernel';
import { checkTtl } from './check-call.ts';
import type { Lease } from './coordination.ts';
import { closed, coordinationFailed, leaseLost } from './coordination-error.ts';
import type { LeaseAuthority } from './lease-authority.ts';

/** Two clocks may differ in speed: quartz by some 100 ppm, virtual machines by far more. */
const DRIFT_SHARE = 0.01;
/** For timers that are late and clocks that are coarse. */
const DRIFT_MS = 50;
const RENEWALS_PER_TTL = 3;
const RETRY_FIRST_MS = 100;
/** Far more than a process needs; reached only by a fault. */
const LEASES_MAX = 10_000;

export interface LeaseKeeperOptions {
  authority: LeaseAuthority;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

interface Granted {
  id: bigint;
  ttlMs: number;
}

/** How long a holder may count on a ttl after it sent for it: ttl less 1 % and 50 ms, for drift. */
export function validityMs(ttlMs: number): number {
  return ttlMs * (1 - DRIFT_SHARE) - DRIFT_MS;
}

export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #leases = new Set<KeptLease>();
  #isClosed = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Rejects with USAGE, or as `grant` does; with COORDINATION_FAILED when the answer came too late. */
  async lease(ttlMs: number): Promise<Lease> {
    checkTtl(ttlMs);
    if (this.#isClosed) throw closed();
    if (this.#leases.size >= LEASES_MAX) throw tooMany();
    const { authority, clock } = this.#options;
    const sentMs = clock.nowMs();
    const granted = await authority.grant(ttlMs);
    const isLate = clock.nowMs() >= sentMs + validityMs(granted.ttlMs);
    if (isLate || this.#isClosed) {
      // Nobody will know it: where this fails, it runs out by itself.
      authority.release(granted.id).catch(() => {});
      throw isLate ? tooLate(ttlMs) : closed();
    }
    const lease = new KeptLease(granted, sentMs, this.#options, () => this.#leases.delete(lease));
    this.#leases.add(lease);
    return lease;
  }

  /** Stops renewing: every lease counts as lost here and runs out in the engine by itself. */
  close(): void {
    this.#isClosed = true;
    for (const lease of this.#leases) lease.abandon();
  }
}

class KeptLease implements Lease {
  readonly id: bigint;
  readonly ttlMs: number;
  readonly #options: LeaseKeeperOptions;
  readonly #onOver: () => void;
  readonly #lost = new AbortController();
  #validUntilMs: number;
  #renewedAtMs: number;
  /** Of the renewal sent last. */
  #number = 0;
  /** In a row. */
  #failures = 0;
  #renewal: Timer;
  #expiry: Timer;
  #released: Promise<void> | undefined;

  constructor(granted: Granted, sentMs: number, options: LeaseKeeperOptions, onOver: () => void) {
    this.id = granted.id;
    this.ttlMs = granted.ttlMs;
    this.#options = options;
    this.#onOver = onOver;
    this.#renewedAtMs = sentMs;
    this.#validUntilMs = sentMs + validityMs(granted.ttlMs);
    const nowMs = options.clock.nowMs();
    this.#renewal = options.clock.after(sentMs + this.#periodMs - nowMs, () => this.#renew());
    this.#expiry = options.clock.after(this.#validUntilMs - nowMs, () => this.#onExpiry());
  }

  get validUntilMs(): number {
    return this.#validUntilMs;
  }

  get renewedAtMs(): number {
    return this.#renewedAtMs;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** Nobody renews it any more. */
  abandon(): void {
    this.#end(closed());
  }

  async #release(): Promise<void> {
    if (this.#lost.signal.aborted) return;
    this.#end(leaseLost(this.id));
    try {
      await this.#options.authority.release(this.id);
    } catch (error) {
      this.#options.logger.debug('lease could not be released, it will run out', { error });
    }
  }

  get #periodMs(): number {
    return this.ttlMs / RENEWALS_PER_TTL;
  }

  /** What is not answered within a period is left to itself, and another one is sent. */
  #renew(): void {
    if (this.#hasRunOut()) return;
    const { authority, clock } = this.#options;
    const sentMs = clock.nowMs();
    this.#number += 1;
    const number = this.#number;
    this.#renewal = clock.after(this.#periodMs, () => this.#renew());
    authority.renew(this.id).then(
      ({ ttlMs }) => this.#confirm(sentMs, ttlMs),
      (error: unknown) => this.#onFailure(error, number),
    );
  }

  #confirm(sentMs: number, ttlMs: number): void {
    // A validity that ran out stays so, though the engine may have kept the lease: others were told.
    if (this.#hasRunOut() || sentMs < this.#renewedAtMs) return;
    this.#failures = 0;
    this.#renewedAtMs = sentMs;
    this.#validUntilMs = Math.max(this.#validUntilMs, sentMs + validityMs(ttlMs));
    this.#renewIn(sentMs + this.#periodMs - this.#options.clock.nowMs());
  }

  #onFailure(error: unknown, number: number): void {
    if (isHoldfastError(error) && error.code === 'LEASE_LOST') this.#end(error);
    if (this.#hasRunOut() || number !== this.#number) return;
    this.#failures += 1;
    this.#options.logger.debug('lease not renewed, trying again', { error });
    const capMs = Math.min(this.#periodMs, RETRY_FIRST_MS * 2 ** this.#failures);
    this.#renewIn(fullJitter(this.#options.chance, capMs));
  }

  #renewIn(delayMs: number): void {
    this.#renewal.cancel();
    this.#renewal = this.#options.clock.after(delayMs, () => this.#renew());
  }

  /** Renewing moves only the end: the timer finds out. */
  #onExpiry(): void {
    if (this.#hasRunOut()) return;
    const leftMs = this.#validUntilMs - this.#options.clock.nowMs();
    this.#expiry = this.#options.clock.after(leftMs, () => this.#onExpiry());
  }

  /** Ends it when it has: timers may be late. */
  #hasRunOut(): boolean {
    if (this.#options.clock.nowMs() >= this.#validUntilMs) this.#end(leaseLost(this.id));
    return this.#lost.signal.aborted;
  }

  #end(reason: Error): void {
    if (this.#lost.signal.aborted) return;
    this.#renewal.cancel();
    this.#expiry.cancel();
    this.#validUntilMs = Math.min(this.#validUntilMs, this.#options.clock.nowMs());
    this.#onOver();
    this.#lost.abort(reason);
  }
}

function tooLate(ttlMs: number): Error {
  return coordinationFailed(
    `A lease of ${ttlMs} ms was granted only after it had run out`,
    'Look for a process that stands still or an engine that answers slowly; longer leases help.',
  );
}

function tooMany(): Error {
  return coordinationFailed(
    `${LEASES_MAX} leases are held by this process already`,
    'Find out what takes leases and never releases them.',
  );
}
