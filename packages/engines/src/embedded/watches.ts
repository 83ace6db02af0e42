// Watches as cursors into the history: nothing is queued for anybody, so a slow reader costs no
// memory and at worst finds that its place was compacted. A reader that has seen everything is
// parked and woken only by what it asked for, or to be given a sign of life.

import type { Clock, Timer } from '@holdfast/kernel';
import { type Change, WATCH_SIGN_MS, type WatchItem } from '../coordination/coordination.ts';
import { coordinationFailed } from '../coordination/coordination-error.ts';
import { keyOf, type Transition } from './effect.ts';
import { FIRST_REVISION, type RevisionStore } from './revision-store.ts';

/** At each beat all who are parked get a sign: well within the promised time. */
const BEAT_MS = WATCH_SIGN_MS / 2;
/** Far more than a fleet has; reached only by a fault. */
const WATCHES_MAX = 10_000;

interface Parked {
  prefix: string;
  /** All before it was seen, or is no concern of this watch. */
  next: bigint;
  wake: (() => void) | undefined;
}

export class Watches {
  readonly #store: RevisionStore;
  readonly #clock: Clock;
  readonly #cluster: string;
  readonly #parked = new Set<Parked>();
  #beat: Timer | undefined;
  #open = 0;
  #isClosed = false;

  constructor(store: RevisionStore, clock: Clock, cluster: string) {
    this.#store = store;
    this.#clock = clock;
    this.#cluster = cluster;
  }

  /** Throws COMPACTED. Returns when `signal` aborts or the watches are closed. */
  async *watch(prefix: string, from: bigint, signal: AbortSignal): AsyncGenerator<WatchItem> {
    if (this.#open >= WATCHES_MAX) throw tooMany();
    this.#open += 1;
    // What came before the first transaction was none.
    const place: Parked = { prefix, next: max(from, FIRST_REVISION + 1n), wake: undefined };
    try {
      while (!signal.aborted && !this.#isClosed) {
        const item = this.#advance(place);
        if (item !== undefined) yield item;
        else if (await this.#park(place, signal)) yield this.#item(this.#store.revision, []);
      }
    } finally {
      this.#open -= 1;
    }
  }

  /** To be told of every transaction, after the store has it. */
  offer({ revision, changes }: Transition): void {
    for (const place of this.#parked) {
      // Whoever asked for the future waits for it.
      if (revision < place.next) continue;
      if (changes.some((change) => keyOf(change).startsWith(place.prefix))) place.wake?.();
      else place.next = revision + 1n;
    }
  }

  /** Ends every watch. */
  close(): void {
    this.#isClosed = true;
    this.#beat?.cancel();
    for (const place of this.#parked) place.wake?.();
  }

  /** The next transaction that concerns the watch, as far as the store is. */
  #advance(place: Parked): WatchItem | undefined {
    for (;;) {
      const transition = this.#store.transition(place.next);
      if (transition === undefined) return undefined;
      place.next += 1n;
      const changes = transition.changes.filter((change) => keyOf(change).startsWith(place.prefix));
      if (changes.length > 0) return this.#item(transition.revision, changes);
    }
  }

  #item(revision: bigint, changes: Change[]): WatchItem {
    return { cluster: this.#cluster, revision, changes };
  }

  /** True when it is time for a sign of life. */
  async #park(place: Parked, signal: AbortSignal): Promise<boolean> {
    await new Promise<void>((resolve) => {
      place.wake = () => {
        this.#parked.delete(place);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const { wake } = place;
      signal.addEventListener('abort', wake, { once: true });
      this.#parked.add(place);
      this.#beat ??= this.#clock.after(BEAT_MS, () => this.#wakeAll());
    });
    return !signal.aborted && !this.#isClosed && place.next > this.#store.revision;
  }

  #wakeAll(): void {
    this.#beat = undefined;
    for (const place of this.#parked) place.wake?.();
  }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function tooMany(): Error {
  return coordinationFailed(
    `${WATCHES_MAX} watches are open already`,
    'Find out who opens watches and never ends them.',
  );
}
