// The phases of one probe as they happen. Beginning a phase ends the one before at the same instant,
// so phases never overlap and their sum stays within the total. A phase that a deadline cuts is
// ended like any other: it is present with the time spent in it. Where phases have limits of their
// own, the log tells when one took longer than it may; without limits no timer is ever set.

import type { Clock, PhaseName, Timer } from '@holdfast/kernel';
import type { Phase } from '@holdfast/resources/result';

export interface PhaseLimits {
  /** Of all hops together. */
  readonly limitsMs: Partial<Record<PhaseName, number>>;
  /** Called at the instant when a phase has taken longer than it may. */
  exceeded(phase: PhaseName, limitMs: number): void;
}

export class PhaseLog {
  readonly phases: Phase[] = [];
  /** Redirects followed so far. */
  hop = 0;
  /** The phase that is going on. */
  running: PhaseName | undefined;
  readonly #clock: Clock;
  readonly #limits: PhaseLimits | undefined;
  readonly #startMs: number;
  #sinceMs = 0;
  #limit: Timer | undefined;

  constructor({ clock, phaseLimits }: { clock: Clock; phaseLimits?: PhaseLimits }) {
    this.#clock = clock;
    this.#limits = phaseLimits;
    this.#startMs = clock.nowMs();
  }

  begin(name: PhaseName): void {
    const nowMs = this.#clock.nowMs();
    this.#close(nowMs);
    this.running = name;
    this.#sinceMs = nowMs;
    if (this.#limits !== undefined) this.#watch(name, this.#limits);
  }

  /** Ends the phase that is going on, if there is one. */
  end(): void {
    this.#close(this.#clock.nowMs());
    this.running = undefined;
  }

  /** Since the log was made; rounded up to 1 us, as phases are rounded down, so that no sum exceeds it. */
  totalMs(): number {
    return Math.ceil((this.#clock.nowMs() - this.#startMs) * 1000) / 1000;
  }

  #watch(name: PhaseName, { limitsMs, exceeded }: PhaseLimits): void {
    const limitMs = limitsMs[name];
    if (limitMs === undefined) return;
    const earlier = this.phases.filter((phase) => phase.name === name);
    const spentMs = earlier.reduce((sum, phase) => sum + phase.durationMs, 0);
    this.#limit = this.#clock.after(Math.max(0, limitMs - spentMs), () => exceeded(name, limitMs));
  }

  #close(nowMs: number): void {
    this.#limit?.cancel();
    if (this.running === undefined) return;
    this.phases.push({
      name: this.running,
      hop: this.hop,
      startMs: wholeMicroseconds(this.#sinceMs - this.#startMs),
      durationMs: wholeMicroseconds(nowMs - this.#sinceMs),
    });
  }
}

function wholeMicroseconds(ms: number): number {
  return Math.floor(ms * 1000) / 1000;
}
