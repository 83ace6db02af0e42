// How long the event loop was blocked. A tick is due every few milliseconds; when it comes late,
// nothing else ran meanwhile. Blocks are kept with their place in time, so that a run is charged
// only with what overlapped it, and a block that still goes on counts too: Node's own delay
// histogram knows neither, and loses what happens around each of its resets.

import type { Clock, Timer } from '@holdfast/kernel';

/** Fine enough for a bar of 100 ms, coarse enough to cost nothing. */
const TICK_MS = 10;
/** Of ever shorter blocks, see below; a handful in practice. */
const BLOCKS_MAX = 256;

interface Block {
  fromMs: number;
  toMs: number;
}

export interface LoopLag {
  /** The longest single block within [sinceMs, now], monotonic ms. */
  worstMs(sinceMs: number): number;
  close(): void;
}

export class TickingLoopLag implements LoopLag {
  readonly #clock: Clock;
  /** In order of time, each strictly shorter than the one before: a longer one that came later speaks for both. */
  #blocks: Block[] = [];
  #expectedMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#arm();
  }

  worstMs(sinceMs: number): number {
    const nowMs = this.#clock.nowMs();
    const going = nowMs - Math.max(sinceMs, this.#expectedMs);
    const first = this.#blocks.findIndex((block) => block.toMs > sinceMs);
    if (first < 0) return Math.max(0, going);
    // The first may have begun before; the second is the longest of all that follow.
    const [straddling, inside] = this.#blocks.slice(first, first + 2);
    return Math.max(0, going, lengthMs(straddling, sinceMs), lengthMs(inside, sinceMs));
  }

  close(): void {
    this.#timer?.cancel();
  }

  #arm(): void {
    this.#expectedMs = this.#clock.nowMs() + TICK_MS;
    this.#timer = this.#clock.after(TICK_MS, () => this.#tick());
  }

  #tick(): void {
    const block = { fromMs: this.#expectedMs, toMs: this.#clock.nowMs() };
    if (block.toMs > block.fromMs) this.#keep(block);
    this.#arm();
  }

  #keep(block: Block): void {
    const length = lengthMs(block, 0);
    while (this.#blocks.length > 0 && lengthMs(this.#blocks.at(-1), 0) <= length) {
      this.#blocks.pop();
    }
    this.#blocks.push(block);
    if (this.#blocks.length > BLOCKS_MAX) this.#blocks.shift();
  }
}

function lengthMs(block: Block | undefined, sinceMs: number): number {
  return block === undefined ? 0 : block.toMs - Math.max(block.fromMs, sinceMs);
}
