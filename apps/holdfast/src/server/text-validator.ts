// Validates texts in a thread of its own: a text of a megabyte takes the loader a second, in which the
// server would answer nobody. The thread is started by the first text and let go when none has come for a
// while. Texts that wait are bounded, and so are the time and memory that one may take.

import { Worker } from 'node:worker_threads';
import { type Clock, HoldfastError, type Timer } from '@holdfast/kernel';
import type { Validation } from '@holdfast/resources/api';
import type { AroundText } from './validation.ts';

const WAITING_MAX = 16;
const ANSWER_MS_MAX = 15_000;
const IDLE_MS_MAX = 60_000;
const MEMORY = { maxOldGenerationSizeMb: 256 };

export interface TextQuestion {
  id: number;
  text: string;
  format: 'yaml' | 'toml';
  around: AroundText;
}

export interface TextAnswer {
  id: number;
  validation: Validation;
}

interface Waiting {
  resolve(validation: Validation): void;
  reject(error: HoldfastError): void;
}

export class TextValidator {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #timer: Timer | undefined;
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects with a HoldfastError BUSY: too many wait, or this one takes too long. */
  validate(text: string, format: 'yaml' | 'toml', around: AroundText): Promise<Validation> {
    if (this.#waiting.size >= WAITING_MAX) {
      const cure = 'Ask again in a few seconds.';
      return Promise.reject(
        new HoldfastError('BUSY', `${WAITING_MAX} texts wait to be validated`, cure),
      );
    }
    this.#lastId += 1;
    const id = this.#lastId;
    const question: TextQuestion = { id, text, format, around };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#running().postMessage(question);
      if (this.#waiting.size === 1) this.#limit();
    });
  }

  async close(): Promise<void> {
    await this.#end('the server stops');
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const options = { resourceLimits: MEMORY, name: 'text-validator' };
    const worker = new Worker(new URL('./validation-worker.ts', import.meta.url), options);
    worker.on('message', ({ id, validation }: TextAnswer) => this.#take(id, validation));
    worker.on('error', (error) => void this.#end(`the thread ended: ${String(error)}`, worker));
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #take(id: number, validation: Validation): void {
    const asker = this.#waiting.get(id);
    this.#waiting.delete(id);
    asker?.resolve(validation);
    this.#limit();
  }

  /** Counted for one text: the next one begins when an answer comes. */
  #limit(): void {
    this.#timer?.cancel();
    const isIdle = this.#waiting.size === 0;
    this.#timer = this.#clock.after(isIdle ? IDLE_MS_MAX : ANSWER_MS_MAX, () => {
      void this.#end(`no answer came within ${ANSWER_MS_MAX / 1000} s`);
    });
  }

  /** Whoever waits is refused; the next text finds a new thread. */
  async #end(reason: string, worker = this.#worker): Promise<void> {
    if (worker === undefined || worker !== this.#worker) return;
    this.#timer?.cancel();
    this.#worker = undefined;
    const refused = [...this.#waiting.values()];
    this.#waiting.clear();
    const cure = 'Ask again; split the text into several files, and use `holdfast validate`.';
    for (const asker of refused)
      asker.reject(new HoldfastError('BUSY', `the text was not validated: ${reason}`, cure));
    await worker.terminate();
  }
}
