// How late the last minute or two of runs began. Two sketches take turns, so that a bad start is
// forgotten again and memory stays the same however many runs there are.

import { LatencySketch } from '@holdfast/kernel';

/** Long enough for a p99 of slow plans, short enough that a page shows today's trouble. */
const WINDOW_MS = 60_000;

export class LagWindow {
  #present = new LatencySketch();
  #past = new LatencySketch();
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  add(lagMs: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#present.add(lagMs);
  }

  /** 0 while nothing was added. */
  quantile(q: number, nowMs: number): number {
    this.#turn(nowMs);
    const both = new LatencySketch();
    both.merge(this.#past);
    both.merge(this.#present);
    return both.quantile(q) ?? 0;
  }

  #turn(nowMs: number): void {
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs < WINDOW_MS) return;
    this.#past = elapsedMs < 2 * WINDOW_MS ? this.#present : new LatencySketch();
    this.#present = new LatencySketch();
    this.#sinceMs = nowMs;
  }
}
