// Waiting in the line of a lock. Only the place before ours is watched, so that a release wakes one
// waiter and not all; whatever the watch says or fails to say, the line itself is read before anybody
// believes that it is his turn.

import {
  type Chance,
  type Clock,
  fullJitter,
  HoldfastError,
  isHoldfastError,
  sleep,
} from '@holdfast/kernel';
import { type Coordination, type Entry, WATCH_SIGN_MS } from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import { StreamWatchdog } from '../mirror/stream-watchdog.ts';
import type { Place } from './lock.ts';

/** More wait for one lock only by a fault. */
const LINE_MAX = 1_000;
const SILENCE_MS = 2.5 * WATCH_SIGN_MS;
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 2_000;

export interface LineOptions {
  coordination: Coordination;
  namespace: string;
  name: string;
  clock: Clock;
  chance: Chance;
}

export class LockLine {
  readonly #options: LineOptions;
  /** As it was read last, the oldest first. */
  #before: Entry[] = [];

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /**
   * Returns once the place is the first. Who may wait waits failures of the store out, as long as the signal
   * lets him; who may not is told of them, or that the lock is busy.
   */
  async awaitTurn(place: Place, signal: AbortSignal, mayWait: boolean): Promise<void> {
    const { clock, chance } = this.#options;
    for (let failures = 0; ; ) {
      try {
        const revision = await this.#read(place, signal);
        const next = this.#before.at(-1);
        if (next === undefined) return;
        if (!mayWait || this.#before.length > LINE_MAX) throw this.busy(0);
        failures = 0;
        await this.#gone(next.key, revision + 1n, signal);
      } catch (error) {
        if (!mayWait || !isPassing(error)) throw error;
        failures += 1;
        const capMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 10));
        await sleep(clock, fullJitter(chance, capMs), signal);
      }
      signal.throwIfAborted();
    }
  }

  /** Who was waited for, as far as it was seen. */
  busy(waitedMs: number): HoldfastError {
    const { namespace, name } = this.#options;
    const [first] = this.#before;
    const holder = first === undefined ? 'somebody' : holderOf(first);
    const others = Math.max(0, this.#before.length - 1);
    return new HoldfastError(
      'BUSY',
      `The lock ${namespace}/${name} is held by ${holder}, ${others} wait for it before us, and we waited ${waitedMs} ms.`,
      'Try again later, or wait longer.',
    );
  }

  /** The revision at which the line was read. */
  async #read(place: Place, signal: AbortSignal): Promise<bigint> {
    const { coordination, namespace, name } = this.#options;
    const line = await coordination.list(KEYS.lock(namespace, name), { signal });
    signal.throwIfAborted();
    const isThere = line.entries.some(
      ({ key, createRevision }) => key === place.key && createRevision === place.createRevision,
    );
    if (!isThere) throw placeLost(this.#options);
    this.#before = line.entries
      .filter(({ createRevision }) => createRevision < place.createRevision)
      .sort((a, b) => (a.createRevision < b.createRevision ? -1 : 1));
    return line.revision;
  }

  /** Returns when the key is deleted, and also when the watch ends or is silent. */
  async #gone(key: string, from: bigint, signal: AbortSignal): Promise<void> {
    const { coordination, clock } = this.#options;
    const watching = new AbortController();
    const watchdog = new StreamWatchdog(clock, SILENCE_MS, () => watching.abort());
    const ended = AbortSignal.any([signal, watching.signal]);
    try {
      for await (const { changes } of coordination.watch(key, from, ended)) {
        watchdog.heard();
        if (changes.some((change) => change.type === 'delete' && change.key === key)) return;
      }
    } finally {
      watchdog.stop();
      watching.abort();
    }
  }
}

function isPassing(error: unknown): boolean {
  return isHoldfastError(error) && ['COORDINATION_FAILED', 'COMPACTED'].includes(error.code);
}

function placeLost({ namespace, name }: LineOptions): HoldfastError {
  return new HoldfastError(
    'LEASE_LOST',
    `The place in the line for the lock ${namespace}/${name} is gone.`,
    'Ask for the lock again; a longer ttl bears longer pauses of the process.',
  );
}

function holderOf({ value }: Entry): string {
  try {
    const { holder }: { holder?: unknown } = JSON.parse(Buffer.from(value).toString());
    return typeof holder === 'string' ? holder : 'somebody';
  } catch {
    return 'somebody';
  }
}
