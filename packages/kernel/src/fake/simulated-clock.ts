// A clock that stands still until it is told to advance. Timers fire at their own due time, in
// order, and those of one moment in the order they were set, so that a run can be repeated exactly.
// Time must never pass by itself, nor be skipped without firing what was due in it.

import type { Clock, Timer } from '../clock.ts';

/** 2026-01-01 00:00 UTC: any fixed moment would do, this one reads well in results. */
const START_WALL_MS = 1_767_225_600_000;

/** More than this in one moment is a timer that sets itself again with no delay. */
const FIRINGS_PER_MOMENT_MAX = 100_000;

interface PendingTimer {
  dueMs: number;
  callback: () => void;
}

export class SimulatedClock implements Clock {
  readonly #startWallMs: number;
  #nowMs = 0;
  /** Latest first, so that the next to fire is popped; of equal times the one set last stands first. */
  readonly #timers: PendingTimer[] = [];
  #firingsInMoment = 0;

  constructor(startWallMs: number = START_WALL_MS) {
    this.#startWallMs = startWallMs;
  }

  /** Starts at 0. */
  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startWallMs + this.#nowMs;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.length;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.splice(this.#placeBefore(timer.dueMs), 0, timer);
    return { cancel: () => this.#cancel(timer) };
  }

  /** Passes `ms` and fires what falls due, also what that sets in turn. Throws when time cannot move on. */
  advance(ms: number): void {
    const targetMs = this.#target(ms);
    while (this.#fireNext(targetMs)) {}
    this.#moveTo(targetMs);
  }

  /** Like `advance`, and lets all promises settle before, between and after the timers. */
  async advanceAsync(ms: number): Promise<void> {
    const targetMs = this.#target(ms);
    do await promisesSettled();
    while (this.#fireNext(targetMs));
    this.#moveTo(targetMs);
  }

  #target(ms: number): number {
    if (ms >= 0 && Number.isFinite(ms)) return this.#nowMs + ms;
    throw new RangeError(`A clock cannot advance by ${ms} ms`);
  }

  #fireNext(targetMs: number): boolean {
    const next = this.#timers.at(-1);
    if (next === undefined || next.dueMs > targetMs) return false;
    this.#moveTo(next.dueMs);
    this.#firingsInMoment += 1;
    if (this.#firingsInMoment > FIRINGS_PER_MOMENT_MAX)
      throw new Error('A timer without delay sets itself for ever');
    this.#timers.pop();
    next.callback();
    return true;
  }

  /** Never back: a callback may have advanced further by itself. */
  #moveTo(timeMs: number): void {
    if (timeMs <= this.#nowMs) return;
    this.#nowMs = timeMs;
    this.#firingsInMoment = 0;
  }

  /** The first place whose timer is due at `dueMs` or earlier (binary search). */
  #placeBefore(dueMs: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#timers[middle]?.dueMs ?? 0) > dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #cancel(timer: PendingTimer): void {
    const place = this.#timers.indexOf(timer, this.#placeBefore(timer.dueMs));
    if (place >= 0) this.#timers.splice(place, 1);
  }
}

/** A turn of the real loop comes after every promise that can settle without outside help. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
