import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sleep } from '../clock.ts';
import { SimulatedClock } from './simulated-clock.ts';

test('it stands still until told, and both times move together', () => {
  const clock = new SimulatedClock(1_000_000);
  assert.deepEqual([clock.nowMs(), clock.wallMs()], [0, 1_000_000]);
  clock.advance(1_234.5);
  assert.deepEqual([clock.nowMs(), clock.wallMs()], [1_234.5, 1_001_234.5]);
});

test('timers fire once, at their own due time, in order, equals in order of setting', () => {
  const plan = fc.array(fc.record({ delayMs: fc.nat(20), cancelled: fc.boolean() }));
  fc.assert(
    fc.property(plan, fc.array(fc.nat(9)), (timers, stepsMs) => {
      const clock = new SimulatedClock();
      const fired: { atMs: number; i: number }[] = [];
      for (const [i, { delayMs, cancelled }] of timers.entries()) {
        const timer = clock.after(delayMs, () => fired.push({ atMs: clock.nowMs(), i }));
        if (cancelled) timer.cancel();
      }
      for (const stepMs of stepsMs) clock.advance(stepMs);
      const endMs = clock.nowMs();
      const expected = timers
        .map(({ delayMs, cancelled }, i) => ({ atMs: delayMs, i, cancelled }))
        .filter(({ atMs, cancelled }) => !cancelled && atMs <= endMs && stepsMs.length > 0)
        .sort((a, b) => a.atMs - b.atMs || a.i - b.i);
      assert.deepEqual(
        fired,
        expected.map(({ atMs, i }) => ({ atMs, i })),
      );
      const alive = timers.filter(({ cancelled }) => !cancelled).length;
      assert.equal(clock.pending, alive - fired.length);
    }),
  );
});

test('a timer set by a timer fires within the same advance when its time has come', () => {
  const clock = new SimulatedClock();
  const atMs: number[] = [];
  const tick = () => {
    atMs.push(clock.nowMs());
    clock.after(100, tick);
  };
  clock.after(100, tick);
  clock.advance(350);
  assert.deepEqual(atMs, [100, 200, 300]);
  assert.equal(clock.nowMs(), 350);
  assert.equal(clock.pending, 1);
});

test('a timer may cancel another that is due in the same moment', () => {
  const clock = new SimulatedClock();
  clock.after(10, () => other.cancel());
  const other = clock.after(10, () => assert.fail('was cancelled'));
  clock.advance(10);
});

test('after a callback that throws, time goes on from there', () => {
  const clock = new SimulatedClock();
  let fired = false;
  clock.after(10, () => {
    throw new Error('broken');
  });
  clock.after(20, () => {
    fired = true;
  });
  assert.throws(() => clock.advance(50), /broken/);
  assert.equal(clock.nowMs(), 10);
  clock.advance(40);
  assert.equal(fired, true);
});

test('a callback may advance the clock, and time never runs back', () => {
  const clock = new SimulatedClock();
  clock.after(10, () => clock.advance(100));
  clock.advance(20);
  assert.equal(clock.nowMs(), 110);
});

test('promises settle between timers', async () => {
  const clock = new SimulatedClock();
  const atMs: number[] = [];
  const loop = (async () => {
    for (let i = 0; i < 3; i += 1) {
      await sleep(clock, 10);
      await null;
      atMs.push(clock.nowMs());
    }
  })();
  await clock.advanceAsync(30);
  assert.deepEqual(atMs, [10, 20, 30]);
  await loop;
});

test('a negative delay is none, a negative advance is refused', () => {
  const clock = new SimulatedClock();
  let fired = false;
  clock.after(-5, () => {
    fired = true;
  });
  clock.advance(0);
  assert.equal(fired, true);
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => clock.advance(ms), RangeError);
  }
});

test('a timer that sets itself without delay is told from progress', () => {
  const clock = new SimulatedClock();
  const again = () => void clock.after(0, again);
  again();
  assert.throws(() => clock.advance(1), /sets itself for ever/);
});
