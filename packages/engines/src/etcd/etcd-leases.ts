// The bare steps of leases on etcd. All leases of the process are renewed over one stream; answers are
// matched by lease, each to the oldest question for it. When one answer is late the stream is given up
// with all that wait on it, because an answer that came later would be taken for the next question's.

import { type Clock, HoldfastError, type Timer } from '@holdfast/kernel';
import { closed, coordinationFailed, leaseLost } from '../coordination/coordination-error.ts';
import type { LeaseAuthority } from '../coordination/lease-authority.ts';
import type { EtcdCalls, OpenStream } from './etcd-calls.ts';
import { contractError, unreadable } from './etcd-error.ts';
import { leaseKeepAliveRequest, leaseKeepAliveResponse } from './messages.ts';
import { KEEP_ALIVE_PATH, METHODS } from './methods.ts';

/** A third of the lease, within these bounds, so that a renewal can fail and still be made again. */
const RENEWAL_MS = { min: 300, max: 3_000, unknown: 1_500 };
const RENEWALS_PER_TTL = 3;
/** Beyond it we forget how long the oldest lease was, which costs it only its own deadline. */
const KNOWN_TTLS_MAX = 10_000;
/** Far more than etcd renews in a deadline; reached only by a fault. */
const WAITING_MAX = 50_000;

interface Waiting {
  resolve(answer: { ttlMs: number }): void;
  reject(error: unknown): void;
  timer: Timer;
}

export class EtcdLeases implements LeaseAuthority {
  readonly #calls: EtcdCalls;
  readonly #clock: Clock;
  readonly #ttlsMs = new Map<bigint, number>();
  #lane: RenewalLane | undefined;
  #isClosed = false;

  constructor(calls: EtcdCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  async grant(ttlMs: number): Promise<{ id: bigint; ttlMs: number }> {
    const ttlSeconds = BigInt(Math.ceil(ttlMs / 1_000));
    // Not made again once it was sent: a second grant would leave the first one behind until its end.
    const answer = await this.#calls.call(
      METHODS.leaseGrant,
      { ttlSeconds },
      { idempotent: false },
    );
    const granted = { id: answer.id, ttlMs: Number(answer.ttlSeconds) * 1_000 };
    this.#remember(granted.id, granted.ttlMs);
    return granted;
  }

  async renew(id: bigint): Promise<{ ttlMs: number }> {
    if (this.#isClosed) throw closed();
    const known = this.#ttlsMs.get(id);
    const { min, max, unknown } = RENEWAL_MS;
    const timeoutMs =
      known === undefined ? unknown : Math.min(max, Math.max(min, known / RENEWALS_PER_TTL));
    if (this.#lane === undefined || this.#lane.over)
      this.#lane = new RenewalLane(this.#calls, this.#clock);
    try {
      const answer = await this.#lane.renew(id, timeoutMs);
      this.#remember(id, answer.ttlMs);
      return answer;
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'LEASE_LOST') this.#ttlsMs.delete(id);
      throw error;
    }
  }

  async release(id: bigint): Promise<void> {
    this.#ttlsMs.delete(id);
    try {
      await this.#calls.call(
        METHODS.leaseRevoke,
        { id },
        { idempotent: true, subject: { lease: id } },
      );
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'LEASE_LOST') throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#lane?.end(closed());
  }

  #remember(id: bigint, ttlMs: number): void {
    this.#ttlsMs.set(id, ttlMs);
    if (this.#ttlsMs.size <= KNOWN_TTLS_MAX) return;
    for (const oldest of this.#ttlsMs.keys()) {
      this.#ttlsMs.delete(oldest);
      return;
    }
  }
}

/** One keep-alive stream, from its opening to its end. */
class RenewalLane {
  readonly #clock: Clock;
  readonly #opening: Promise<OpenStream>;
  readonly #waiting = new Map<bigint, Waiting[]>();
  readonly #closing = new AbortController();
  #waitingCount = 0;
  #isOver = false;

  constructor(calls: EtcdCalls, clock: Clock) {
    this.#clock = clock;
    this.#opening = calls.stream(
      KEEP_ALIVE_PATH,
      {
        message: (bytes) => this.#take(bytes),
        ended: (failure) => this.end(contractError(failure)),
      },
      this.#closing.signal,
    );
    this.#opening.catch((error) => this.end(error));
  }

  get over(): boolean {
    return this.#isOver;
  }

  renew(id: bigint, timeoutMs: number): Promise<{ ttlMs: number }> {
    if (this.#waitingCount >= WAITING_MAX) return Promise.reject(tooMany());
    this.#waitingCount += 1;
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => this.#late(timeoutMs));
      const line = this.#waiting.get(id);
      if (line === undefined) this.#waiting.set(id, [{ resolve, reject, timer }]);
      else line.push({ resolve, reject, timer });
      this.#opening.then(
        ({ stream }) => stream.send(leaseKeepAliveRequest.encode({ id })),
        // `end` has rejected it.
        () => {},
      );
    });
  }

  end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#closing.abort(error);
    this.#opening.then(
      ({ stream }) => stream.close(),
      () => {},
    );
    for (const line of this.#waiting.values())
      for (const waiting of line) {
        waiting.timer.cancel();
        waiting.reject(error);
      }
    this.#waiting.clear();
  }

  #late(timeoutMs: number): void {
    this.#opening.then(
      ({ blame }) => blame(),
      () => {},
    );
    this.end(
      coordinationFailed(
        `etcd did not renew a lease within ${Math.round(timeoutMs)} ms`,
        'Look at the network to etcd and at the load of its leader.',
      ),
    );
  }

  #take(bytes: Buffer): void {
    try {
      const { id, ttlSeconds } = leaseKeepAliveResponse.decode(bytes);
      const line = this.#waiting.get(id);
      const first = line?.shift();
      if (line?.length === 0) this.#waiting.delete(id);
      if (first !== undefined) this.#waitingCount -= 1;
      first?.timer.cancel();
      if (ttlSeconds > 0n) first?.resolve({ ttlMs: Number(ttlSeconds) * 1_000 });
      else first?.reject(leaseLost(id));
    } catch (error) {
      this.end(unreadable(error));
    }
  }
}

function tooMany(): HoldfastError {
  return coordinationFailed(
    `${WAITING_MAX} renewals of leases wait for etcd already`,
    'Renew fewer leases over one server.',
  );
}
