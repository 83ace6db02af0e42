// The machine's own time. The only file that reads it or sets real timers.

import type { Clock, Timer } from './clock.ts';

/** Node holds a longer delay as 1 ms, so longer waits are made of several. */
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;

class SystemTimer implements Timer {
  #handle: NodeJS.Timeout | undefined;

  constructor(delayMs: number, callback: () => void) {
    this.#arm(Math.max(0, delayMs), callback);
  }

  #arm(delayMs: number, callback: () => void): void {
    const stepMs = Math.min(delayMs, TIMER_DELAY_MS_MAX);
    this.#handle = setTimeout(() => {
      if (delayMs > stepMs) this.#arm(delayMs - stepMs, callback);
      else callback();
    }, stepMs);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (delayMs, callback) => new SystemTimer(delayMs, callback),
};
