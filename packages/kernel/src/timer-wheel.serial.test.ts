import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededChance } from './seeded-chance.ts';
import { TimerWheel } from './timer-wheel.ts';

/** Loose on purpose: they tell walking millions of ticks from jumping, not one machine from another. */
const HOUR_OF_CHECKS_MS_MAX = 3_000;
const LONG_SLEEP_MS_MAX = 50;

test('10,000 checks of a minute cost little over a simulated hour', () => {
  const wheel = new TimerWheel<number>();
  const chance = seededChance(1);
  for (let i = 0; i < 10_000; i += 1) wheel.schedule(chance.next() * 60_000, i);
  const startMs = performance.now();
  let fired = 0;
  for (let nowMs = 0; nowMs <= 3_600_000; nowMs += 20) {
    wheel.advance(nowMs, (item, dueMs) => {
      fired += 1;
      wheel.schedule(dueMs + 60_000, item);
    });
  }
  const tookMs = performance.now() - startMs;
  assert.equal(wheel.size, 10_000);
  assert.ok(fired >= 590_000 && fired <= 610_000, `${fired} fired`);
  assert.ok(tookMs < HOUR_OF_CHECKS_MS_MAX, `took ${tookMs} ms`);
});

test('a machine that slept for thirty years wakes at once', () => {
  const wheel = new TimerWheel<number>(1, 1_767_225_600_000);
  for (let i = 0; i < 100; i += 1) wheel.schedule(1_767_225_600_000 + 2 ** i, i);
  const startMs = performance.now();
  let fired = 0;
  wheel.advance(1_767_225_600_000 + 2 ** 40, () => {
    fired += 1;
  });
  const tookMs = performance.now() - startMs;
  assert.equal(fired, 41);
  assert.ok(tookMs < LONG_SLEEP_MS_MAX, `took ${tookMs} ms`);
});
