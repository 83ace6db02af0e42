// Thousands of due times, of which few are due now: a hierarchical timing wheel (Varghese and Lauck
// 1987). An entry is filed by the highest base-32 digit in which its tick differs from the current
// one, and moves to a lower level when that digit is reached. Occupied slots are bits of a word, so
// empty time is jumped over, not walked. The wheel holds no clock: the caller says what time it is,
// and no entry may fire before that time has reached its due time.

import {
  type FiledEntry,
  SLOTS,
  type WheelEntry,
  WheelLevel,
  type WheelSlot,
} from './wheel-level.ts';

export type { WheelEntry } from './wheel-level.ts';

/** 32^10 ticks are 35,000 years at 1 ms; what is due later shares the last tick. */
const LEVELS = 10;
const TICK_MAX = SLOTS ** LEVELS - 1;

interface OccupiedSlot<T> {
  slot: WheelSlot<T>;
  level: number;
  /** The first tick that the slot stands for. */
  startTick: number;
}

export class TimerWheel<T> {
  readonly #tickMs: number;
  readonly #startMs: number;
  readonly #levels: readonly WheelLevel<T>[];
  /** Whole ticks since `startMs`; never falls. An entry on level l > 0 differs from it first in digit l, and is larger there. */
  #tick = 0;
  /** What an advance is about to fire, in order. Empty between advances, unless a call threw. */
  readonly #due = new Set<FiledEntry<T>>();
  readonly #dueHome = {
    remove: (entry: FiledEntry<T>) => {
      entry.home = undefined;
      this.#due.delete(entry);
    },
  };
  #size = 0;
  #sequence = 0;

  /** Ticks only group entries: due times are kept as they are, fractions and all. */
  constructor(tickMs = 1, startMs = 0) {
    if (!(tickMs > 0 && Number.isFinite(tickMs) && Number.isFinite(startMs))) {
      throw new RangeError(`A wheel needs a positive tick and a start, not ${tickMs}, ${startMs}`);
    }
    this.#tickMs = tickMs;
    this.#startMs = startMs;
    this.#levels = Array.from({ length: LEVELS }, () => new WheelLevel<T>());
  }

  /** Entries that have neither fired nor been cancelled. */
  get size(): number {
    return this.#size;
  }

  /** O(1). What is due already fires at the next advance. Throws a RangeError unless `dueMs` is finite. */
  schedule(dueMs: number, item: T): WheelEntry<T> {
    if (!Number.isFinite(dueMs)) throw new RangeError(`Cannot schedule for ${dueMs}`);
    const entry: FiledEntry<T> = { dueMs, item, sequence: this.#sequence, home: undefined };
    this.#sequence += 1;
    this.#size += 1;
    this.#file(entry);
    return entry;
  }

  /** O(1). Tells whether the entry, which must be one of this wheel, was still to fire. */
  cancel(entry: WheelEntry<T>): boolean {
    const filed = entry as FiledEntry<T>;
    if (filed.home === undefined) return false;
    filed.home.remove(filed);
    this.#size -= 1;
    return true;
  }

  /**
   * Fires every entry with dueMs <= nowMs once, by due time, then by order of scheduling. `fire` may
   * schedule and cancel: what it cancels does not fire, what it schedules waits for the next advance,
   * so that an advance always ends. When it throws, the rest fires at the next advance. Time that
   * goes backwards fires nothing new. Costs O(fired · log fired + entries that change level).
   */
  advance(nowMs: number, fire: (item: T, dueMs: number) => void): void {
    if (!Number.isFinite(nowMs)) throw new RangeError(`Cannot advance to ${nowMs}`);
    this.#collect(nowMs);
    for (const entry of this.#due) {
      this.cancel(entry);
      fire(entry.item, entry.dueMs);
    }
  }

  /**
   * When to advance next; undefined when nothing is scheduled. It is the earliest due time, or, when
   * the entry it belonged to was cancelled, a bound below it: never too late, at times too early,
   * and advancing to it makes it exact or moves it on.
   */
  nextDueMs(): number | undefined {
    const [first] = this.#due;
    return first?.dueMs ?? this.#first()?.slot.earliestMs;
  }

  #file(entry: FiledEntry<T>): void {
    const tick = Math.max(this.#tick, this.#tickOf(entry.dueMs));
    let level = 0;
    let place = 1;
    // Dividing by powers of two is exact, so that large ticks compare by digits without error.
    while (Math.floor(tick / (place * SLOTS)) !== Math.floor(this.#tick / (place * SLOTS))) {
      level += 1;
      place *= SLOTS;
    }
    this.#levels[level]?.slot(Math.floor(tick / place)).add(entry);
  }

  /** Moves to `nowMs`, and all that is due into `#due`, behind nothing that is due earlier. */
  #collect(nowMs: number): void {
    const lastTick = Math.max(this.#tick, this.#tickOf(nowMs));
    const due = [...this.#due];
    for (let found = this.#first(); found !== undefined; found = this.#first()) {
      const { slot, level, startTick } = found;
      if (startTick > lastTick || (level === 0 && slot.earliestMs > nowMs)) break;
      this.#tick = startTick;
      for (const entry of slot.drain()) {
        if (entry.dueMs <= nowMs) due.push(entry);
        else this.#file(entry);
      }
    }
    this.#tick = lastTick;
    this.#hold(due.sort((a, b) => a.dueMs - b.dueMs || a.sequence - b.sequence));
  }

  #hold(sorted: readonly FiledEntry<T>[]): void {
    this.#due.clear();
    for (const entry of sorted) {
      entry.home = this.#dueHome;
      this.#due.add(entry);
    }
  }

  /** The occupied slot that comes first in time: lower levels lie wholly before higher ones. */
  #first(): OccupiedSlot<T> | undefined {
    let place = 1;
    for (let level = 0; level < LEVELS; level += 1, place *= SLOTS) {
      const slot = this.#levels[level]?.first();
      if (slot === undefined) continue;
      const circle = place * SLOTS;
      const startTick = Math.floor(this.#tick / circle) * circle + slot.index * place;
      return { slot, level, startTick };
    }
    return undefined;
  }

  #tickOf(timeMs: number): number {
    return Math.min(TICK_MAX, Math.max(0, Math.floor((timeMs - this.#startMs) / this.#tickMs)));
  }
}
