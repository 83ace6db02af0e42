// Notices a stream that says nothing: a peer that vanished without a word would otherwise leave us
// waiting, and believing that all is well, for ever. One timer, set again only when it fires.

import type { Clock, Timer } from '@holdfast/kernel';

export class StreamWatchdog {
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #onSilence: () => void;
  #heardAtMs: number;
  #timer: Timer;

  /** Calls `onSilence` once, when nothing was heard for `silenceMs`. */
  constructor(clock: Clock, silenceMs: number, onSilence: () => void) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#onSilence = onSilence;
    this.#heardAtMs = clock.nowMs();
    this.#timer = clock.after(silenceMs, () => this.#look());
  }

  heard(): void {
    this.#heardAtMs = this.#clock.nowMs();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const leftMs = this.#heardAtMs + this.#silenceMs - this.#clock.nowMs();
    if (leftMs <= 0) this.#onSilence();
    else this.#timer = this.#clock.after(leftMs, () => this.#look());
  }
}
