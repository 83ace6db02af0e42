import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '@holdfast/kernel';
import { seededChance } from '@holdfast/kernel';
import { TickingLoopLag } from './loop-lag.ts';

test('a block counts where it overlaps the run, while it goes on and afterwards', () => {
  const loop = new BlockableLoop();
  const lag = new TickingLoopLag(loop);
  loop.run(95);
  const sinceMs = loop.nowMs();
  loop.block(300);
  assert.equal(lag.worstMs(sinceMs), 295, 'still going on; the tick was due 5 ms after it began');
  loop.run(50);
  assert.equal(lag.worstMs(sinceMs), 295);
  assert.equal(lag.worstMs(sinceMs + 200), 100, 'only the part inside');
  assert.equal(lag.worstMs(sinceMs + 310), 0, 'all before');
});

test('agrees with a plain list of all blocks', () => {
  const chance = seededChance(7);
  const loop = new BlockableLoop();
  const lag = new TickingLoopLag(loop);
  const blocks: { fromMs: number; toMs: number }[] = [];
  for (let turn = 0; turn < 500; turn += 1) {
    loop.run(10 * (1 + chance.integer(5)));
    const fromMs = loop.nowMs() + 10;
    loop.block(10 + chance.integer(400));
    blocks.push({ fromMs, toMs: loop.nowMs() });
    const sinceMs = loop.nowMs() - chance.integer(3_000);
    const lengths = blocks.map((block) => block.toMs - Math.max(block.fromMs, sinceMs));
    const worstMs = Math.max(0, ...lengths);
    assert.equal(lag.worstMs(sinceMs), worstMs, 'while it goes on');
    loop.run(0);
    assert.equal(lag.worstMs(sinceMs), worstMs, 'once it is over');
  }
});

test('close sets no more ticks', () => {
  const loop = new BlockableLoop();
  const lag = new TickingLoopLag(loop);
  lag.close();
  assert.equal(loop.pending, 0);
});

/** A loop of one timer whose time can pass without the timer being served. */
class BlockableLoop implements Clock {
  #nowMs = 0;
  #timer: { dueMs: number; callback: () => void } | undefined;

  get pending(): number {
    return this.#timer === undefined ? 0 : 1;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void) {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timer = timer;
    return {
      cancel: () => {
        this.#timer = undefined;
      },
    };
  }

  block(ms: number): void {
    this.#nowMs += ms;
  }

  /** Serves what is due, also what is overdue, as time passes. */
  run(ms: number): void {
    const untilMs = this.#nowMs + ms;
    while (this.#timer !== undefined && this.#timer.dueMs <= untilMs) {
      const { dueMs, callback } = this.#timer;
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      this.#timer = undefined;
      callback();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
}
