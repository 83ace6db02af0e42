// The phases of one probe as they happen. Beginning a phase ends the one before at the same instant,
// so phases never overlap and their sum stays within the total. A phase that a deadline cuts is
// ended like any other: it is present with the time spent in it.

import type { Clock, PhaseName } from '@holdfast/kernel';
import type { Phase } from '@holdfast/resources/result';

export class PhaseLog {
  readonly phases: Phase[] = [];
  /** Redirects followed so far. */
  hop = 0;
  /** The phase that is going on. */
  running: PhaseName | undefined;
  readonly #clock: Clock;
  readonly #startMs: number;
  #sinceMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.nowMs();
  }

  begin(name: PhaseName): void {
    const nowMs = this.#clock.nowMs();
    this.#close(nowMs);
    this.running = name;
    this.#sinceMs = nowMs;
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

  #close(nowMs: number): void {
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
