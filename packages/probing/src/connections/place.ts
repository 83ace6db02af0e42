// The connections of one pool to one host and port. A run gets one that is free, else the leave to make
// one, else it waits for its turn: first come, first served. In use, idle and in the making they are
// never more than `perHostMax`.

import { type Clock, type Fault, fault, type Timer } from '@holdfast/kernel';
import type { PoolSpec } from '@holdfast/resources/compiled-check';
import { abortFault } from '../abort.ts';
import type { Outcome } from '../prober.ts';
import { Lease } from './lease.ts';
import { Line, type LineParts } from './line.ts';

/** Runs that wait for one host: more mean that the pool is far too small for its checks. */
const WAITING_MAX = 1000;

/** What a place needs of its pool. */
export interface PoolOfPlace {
  readonly clock: Clock;
  /** Whether a kept connection may still be used: the policy and the certificate say so today. */
  fit(line: Line): boolean;
  becameIdle(line: Line, spec: PoolSpec): void;
  becameBusy(line: Line): void;
  emptied(place: Place): void;
}

export interface PlaceWish {
  pool: PoolSpec;
  /** Who has the same may share connections. */
  key: string;
  /** None that was idle is good enough: one such has just turned out to be dead. */
  fresh: boolean;
}

interface Waiter {
  wish: PlaceWish;
  serve: (lease: Lease) => void;
}

export class Place {
  readonly name: string;
  readonly #pool: PoolOfPlace;
  readonly #lines: Line[] = [];
  /** Of the idle ones. */
  readonly #timers = new Map<Line, Timer>();
  readonly #waiting: Waiter[] = [];
  #making = 0;
  #closed = false;

  constructor(name: string, pool: PoolOfPlace) {
    this.name = name;
    this.#pool = pool;
  }

  /** In use, idle and in the making. */
  get count(): number {
    return this.#lines.length + this.#making;
  }

  /** At once; `undefined`: then wait. */
  lease(wish: PlaceWish): Lease | undefined {
    // Who waits was here before.
    if (this.#waiting.length > 0) return undefined;
    const line = this.#free(wish);
    if (line === undefined && !this.#mayMake(wish.pool)) return undefined;
    return this.#leaseOf(wish, line);
  }

  /** When it is this run's turn; a fault at the abort and when too many wait already. */
  wait(wish: PlaceWish, signal: AbortSignal): Promise<Outcome<Lease>> {
    return new Promise((resolve) => {
      const refuse = (reason: Fault) => resolve({ ok: false, fault: reason });
      if (signal.aborted) return refuse(abortFault(signal, 'connect'));
      if (this.#waiting.length >= WAITING_MAX) return refuse(tooMany(this.name, wish.pool));
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        refuse(abortFault(signal, 'connect'));
        this.#tidy();
      };
      const serve = (lease: Lease) => {
        signal.removeEventListener('abort', onAbort);
        resolve({ ok: true, value: lease });
      };
      const waiter: Waiter = { wish, serve };
      this.#waiting.push(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Of a lease that was the leave to make one. */
  made(key: string, parts: LineParts): Line {
    this.#making -= 1;
    const line = new Line(key, parts, (gone) => this.#forget(gone));
    // While it is in use, the deadline of its run keeps the process; afterwards nothing shall.
    line.socket.unref();
    this.#lines.push(line);
    this.#serve();
    return line;
  }

  /** Of a lease that was the leave to make one, and was not used. */
  notMade(): void {
    this.#making -= 1;
    this.#serve();
    this.#tidy();
  }

  /** `fit`: it can serve others; a stream that failed says nothing of the others of its session. */
  giveBack(line: Line, spec: PoolSpec, fit: boolean): void {
    line.users -= 1;
    if (!fit && line.session === undefined) line.closed = true;
    if (!line.closed) this.#serve();
    if (line.users > 0) return;
    if (line.closed) line.destroy();
    else this.#keep(line, spec);
  }

  close(): void {
    this.#closed = true;
    for (const line of [...this.#lines]) line.destroy();
  }

  #free({ key, fresh }: PlaceWish): Line | undefined {
    // The one used last first: the others may become too old.
    for (let at = this.#lines.length - 1; at >= 0; at -= 1) {
      const line = this.#lines[at];
      if (line === undefined || line.key !== key || !line.hasRoom) continue;
      if (fresh && line.session === undefined) continue;
      if (this.#pool.fit(line)) return this.#take(line);
      if (line.users === 0) line.destroy();
    }
    return undefined;
  }

  #take(line: Line): Line {
    if (line.users === 0) this.#busy(line);
    line.users += 1;
    return line;
  }

  #busy(line: Line): void {
    this.#timers.get(line)?.cancel();
    if (!this.#timers.delete(line)) return;
    this.#pool.becameBusy(line);
  }

  #keep(line: Line, spec: PoolSpec): void {
    if (this.#closed || this.#timers.size >= spec.idlePerHostMax) {
      line.destroy();
      return;
    }
    const timer = this.#pool.clock.after(spec.idleTimeoutMs, () => line.destroy());
    this.#timers.set(line, timer);
    this.#pool.becameIdle(line, spec);
  }

  #forget(line: Line): void {
    if (!this.#remove(line)) return;
    this.#serve();
    this.#tidy();
  }

  #remove(line: Line): boolean {
    const at = this.#lines.indexOf(line);
    if (at < 0) return false;
    this.#lines.splice(at, 1);
    this.#busy(line);
    return true;
  }

  /** Whoever waits longest has what is free, as long as there is any. */
  #serve(): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined) return;
      const line = this.#free(first.wish);
      if (line === undefined && !this.#mayMake(first.wish.pool)) return;
      this.#waiting.shift();
      first.serve(this.#leaseOf(first.wish, line));
    }
  }

  #leaseOf({ key, pool }: PlaceWish, line: Line | undefined): Lease {
    if (line === undefined) this.#making += 1;
    return new Lease(this, key, pool, line);
  }

  /** An idle one that is of no use here makes room for one that is. */
  #mayMake({ perHostMax }: PoolSpec): boolean {
    if (this.count < perHostMax) return true;
    const unused = this.#lines.find((line) => line.users === 0);
    if (unused === undefined) return false;
    this.#remove(unused);
    unused.destroy();
    return this.count < perHostMax;
  }

  #tidy(): void {
    if (this.count === 0 && this.#waiting.length === 0) this.#pool.emptied(this);
  }
}

function tooMany(place: string, { name }: PoolSpec): Fault {
  const message = `${WAITING_MAX} runs wait already for a connection of the pool ${name} to ${place}.`;
  return fault('PROBER_POOL_FULL', message, 'connect');
}
