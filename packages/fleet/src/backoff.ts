// Waits between tries that failed: doubled each time up to a cap, spread by full jitter, so that
// many who lost one server do not come back to it together.

import { type Chance, type Clock, fullJitter, sleep } from '@holdfast/kernel';

export interface BackoffOptions {
  clock: Clock;
  chance: Chance;
  baseMs: number;
  capMs: number;
}

export class Backoff {
  readonly #options: BackoffOptions;
  /** In a row. */
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Resolves after the next wait, or as soon as `signal` aborts; never rejects. */
  async wait(signal: AbortSignal): Promise<void> {
    const { clock, chance, baseMs, capMs } = this.#options;
    const boundMs = Math.min(capMs, baseMs * 2 ** this.#failures);
    if (boundMs < capMs) this.#failures += 1;
    await sleep(clock, fullJitter(chance, boundMs), signal).catch(() => {});
  }
}
