// Keeps what comes late for a day from being lost with it: while a day leaves, what was begun before is
// waited for, and batches that hold rows of it wait until it is gone. They then make a day of their own.

import type { ProbeResult } from '@holdfast/resources/result';
import { storeFailed } from '../rows/store-failed.ts';

/** Of all batches that wait: a few seconds of late results, some 30 MB. */
const WAITING_ROWS_MAX = 20_000;

export class LeavingGate {
  readonly #running = new Set<Promise<unknown>>();
  #leaving: { beforeMs: number; gone: Promise<unknown> } | undefined;
  #waitingRows = 0;

  /** Throws STORE_FAILED when too many wait. */
  pass<T>(batch: readonly ProbeResult[], append: () => Promise<T>): Promise<T> {
    return this.#isLate(batch) ? this.#passLater(batch, append) : this.#run(append);
  }

  /** Nothing planned before this moment is appended while the work lasts. One at a time. */
  async whileLeaving<T>(beforeMs: number, work: () => Promise<T>): Promise<T> {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    this.#leaving = { beforeMs, gone };
    try {
      await Promise.allSettled(this.#running);
      return await work();
    } finally {
      this.#leaving = undefined;
      resolve();
    }
  }

  #isLate(batch: readonly ProbeResult[]): boolean {
    const beforeMs = this.#leaving?.beforeMs;
    return beforeMs !== undefined && batch.some(({ key }) => key.plannedAtMs < beforeMs);
  }

  async #passLater<T>(batch: readonly ProbeResult[], append: () => Promise<T>): Promise<T> {
    if (this.#waitingRows + batch.length > WAITING_ROWS_MAX)
      throw storeFailed(
        `More than ${WAITING_ROWS_MAX} results came for days that are being archived`,
        'Send them again in a minute.',
      );
    this.#waitingRows += batch.length;
    try {
      while (this.#isLate(batch)) await this.#leaving?.gone;
    } finally {
      this.#waitingRows -= batch.length;
    }
    return this.#run(append);
  }

  #run<T>(append: () => Promise<T>): Promise<T> {
    const running = append();
    this.#running.add(running);
    const settled = () => this.#running.delete(running);
    running.then(settled, settled);
    return running;
  }
}
