// Batches of results on their way into the store: one after another, each acknowledged once it is
// stored. A store that fails is asked again a few times; then the batch is given up and said so,
// for one batch that can never be stored must not hold up all that come after it.

import { type Chance, type Clock, fullJitter, type Logger, sleep } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';

const TRIES_MAX = 5;
const RETRY_BASE_MS = 1_000;

export interface BatchIntakeOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  store: (results: readonly ProbeResult[]) => Promise<void>;
}

/** Bounded by the sender, who waits for acknowledgements. */
export class BatchIntake {
  readonly #options: BatchIntakeOptions;
  readonly #closing = new AbortController();
  #tail: Promise<void> = Promise.resolve();

  constructor(options: BatchIntakeOptions) {
    this.#options = options;
  }

  put(results: readonly ProbeResult[], acknowledge: () => void): void {
    this.#tail = this.#tail.then(() => this.#store(results)).then(acknowledge);
  }

  /** Until all that was put is stored or given up; tries follow each other without waiting now. */
  close(): Promise<void> {
    this.#closing.abort();
    return this.#tail;
  }

  async #store(results: readonly ProbeResult[]): Promise<void> {
    const { clock, chance, logger, store } = this.#options;
    for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
      try {
        return await store(results);
      } catch (error) {
        logger.warn('Results could not be stored.', { results: results.length, attempt, error });
      }
      const pauseMs = fullJitter(chance, RETRY_BASE_MS * 2 ** attempt);
      await sleep(clock, pauseMs, this.#closing.signal).catch(() => {});
    }
    logger.error('Results were given up.', { results: results.length, tries: TRIES_MAX });
  }
}
