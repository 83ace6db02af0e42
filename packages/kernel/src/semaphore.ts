// At most `permits` holders at a time; the others wait in order of arrival. A permit passes straight
// from a leaver to the first who waits, so a newcomer never overtakes. A waiter that is aborted
// leaves the line at once and never takes a permit with it.

import { checkedCapacity } from './capacity.ts';
import { HoldfastError } from './error.ts';

/** Gives the permit back; calling it again does nothing. */
export type Release = () => void;

/** Far more than any room lets wait: reached only by a fault, which must not eat the memory. */
const WAITING_MAX = 100_000;

export class Semaphore {
  readonly #waitingMax: number;
  /** A set keeps the order of arrival and lets an aborted waiter leave from the middle. */
  readonly #waiters = new Set<() => void>();
  /** 0 <= available <= permits, and 0 while anyone waits. */
  #available: number;

  /** Throws a RangeError unless both are whole numbers of at least 1. */
  constructor(permits: number, waitingMax: number = WAITING_MAX) {
    this.#available = checkedCapacity(permits, 'The permits of a semaphore');
    this.#waitingMax = checkedCapacity(waitingMax, 'The waiting line of a semaphore');
  }

  get available(): number {
    return this.#available;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** Takes a permit if one is free now. */
  tryAcquire(): Release | undefined {
    if (this.#available === 0) return undefined;
    this.#available -= 1;
    return this.#releaseOnce();
  }

  /**
   * Waits for a permit. Rejects with the signal's reason as soon as it is aborted, and with a
   * HoldfastError when the waiting line is full.
   */
  acquire(signal?: AbortSignal): Promise<Release> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const release = this.tryAcquire();
    if (release) return Promise.resolve(release);
    if (this.#waiters.size >= this.#waitingMax) return Promise.reject(lineFull(this.#waitingMax));
    return this.#wait(signal);
  }

  #wait(signal?: AbortSignal): Promise<Release> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiters.delete(onPermit);
        reject(signal?.reason);
      };
      const onPermit = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve(this.#releaseOnce());
      };
      this.#waiters.add(onPermit);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #releaseOnce(): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#passOn();
    };
  }

  #passOn(): void {
    const [first] = this.#waiters;
    if (first === undefined) {
      this.#available += 1;
      return;
    }
    this.#waiters.delete(first);
    first();
  }
}

function lineFull(waitingMax: number): HoldfastError {
  return new HoldfastError(
    'INTERNAL',
    `${waitingMax} callers wait for a permit already`,
    'Work arrives faster than it is done: find out what holds the permits.',
  );
}
