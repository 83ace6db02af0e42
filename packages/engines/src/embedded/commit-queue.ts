// One line for everything that writes. Without a journal a command counts at once. With one, all
// commands of a moment are worked out together, written together, and count together once the disk
// has them: until then nobody sees anything of them, and if the disk refuses, they never were.
// Whoever was answered often asks again at once, so a group takes in who came while it was written.

import type { Clock } from '@holdfast/kernel';
import { closed, coordinationFailed } from '../coordination/coordination-error.ts';
import type { Effect } from './effect.ts';
import type { RevisionStore } from './revision-store.ts';
import { Staging } from './staging.ts';

/** Keeps effects for good. When either call rejects, nothing since the last `sync` is kept. */
export interface Keeper {
  write(effects: readonly Effect[]): Promise<void>;
  /** Resolves when all that was written is on disk. */
  sync(): Promise<void>;
  /** What an operator should know, whole sentences. */
  warnings(): string[];
}

export interface CommitQueueOptions {
  store: RevisionStore;
  clock: Clock;
  /** None = memory only. */
  keeper: Keeper | undefined;
  /** Told of each effect once it counts. */
  onEffect: (effect: Effect) => void;
}

type Command<T> = (staging: Staging) => T;

interface Waiting {
  run: Command<unknown>;
  bytes: number;
  resolve: (answer: unknown) => void;
  reject: (reason: unknown) => void;
}

/** More would only wait longer than anybody does. */
const WAITING_MAX = 50_000;
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
/** Of keys and values, about: what one group holds in memory. */
const GROUP_BYTES = 16 * 1024 * 1024;
/** Nobody waits longer than for so many writes before the disk is asked to keep them. */
const GROUP_WRITES_MAX = 4;

export class CommitQueue {
  readonly #options: CommitQueueOptions;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #working: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /**
   * `run` must do nothing but stage, and is run once. Rejects with what it throws, or with
   * COORDINATION_FAILED when the effects could not be kept. `bytes`: what it holds while it waits.
   */
  async commit<T>(run: Command<T>, bytes = 0): Promise<T> {
    if (this.#isClosed) throw closed();
    if (this.#options.keeper === undefined) return this.#commitNow(run);
    if (this.#waiting.length >= WAITING_MAX || this.#waitingBytes > WAITING_BYTES_MAX)
      throw tooMany(this.#waiting.length);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ run, bytes, resolve, reject });
      this.#waitingBytes += bytes;
    });
    this.#working ??= this.#work(this.#options.keeper);
    return (await answer) as T;
  }

  /** Refuses what comes, resolves when all that waits was written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#working;
  }

  #commitNow<T>(run: Command<T>): T {
    const staging = new Staging(this.#options.store);
    const answer = run(staging);
    this.#apply(staging.effects);
    return answer;
  }

  async #work(keeper: Keeper): Promise<void> {
    while (this.#waiting.length > 0) await this.#commitGroup(keeper);
    this.#working = undefined;
  }

  async #commitGroup(keeper: Keeper): Promise<void> {
    const staging = new Staging(this.#options.store);
    const { effects } = staging;
    const answers: (() => void)[] = [];
    const rejects: Waiting['reject'][] = [];
    try {
      for (let writes = 0; writes < GROUP_WRITES_MAX && this.#waiting.length > 0; writes += 1) {
        const before = effects.length;
        for (const { run, resolve, reject } of this.#take(staging))
          try {
            const answer = run(staging);
            answers.push(() => resolve(answer));
            rejects.push(reject);
          } catch (error) {
            reject(error);
          }
        if (effects.length > before) await keeper.write(effects.slice(before));
      }
      if (effects.length > 0) await keeper.sync();
    } catch (error) {
      for (const reject of rejects) reject(error);
      return;
    }
    this.#apply(effects);
    for (const answer of answers) answer();
  }

  /** Those that wait now, as long as the group stays within its bytes. */
  *#take(staging: Staging): Generator<Waiting> {
    let taken = 0;
    try {
      for (; taken < this.#waiting.length && staging.bytes < GROUP_BYTES; ) {
        const waiting = this.#waiting[taken] as Waiting;
        taken += 1;
        this.#waitingBytes -= waiting.bytes;
        yield waiting;
      }
    } finally {
      this.#waiting.splice(0, taken);
    }
  }

  #apply(effects: readonly Effect[]): void {
    const { store, clock, onEffect } = this.#options;
    if (effects.length === 0) return;
    const nowMs = clock.nowMs();
    for (const effect of effects) {
      store.apply(effect, nowMs);
      onEffect(effect);
    }
    store.compactSurplus(nowMs);
  }
}

function tooMany(waiting: number): Error {
  return coordinationFailed(
    `${waiting} transactions wait for the disk already`,
    'Look for a slow disk, or for who writes that much.',
  );
}
