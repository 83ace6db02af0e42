import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from './clock.ts';
import { systemClock } from './system-clock.ts';

test('the clock runs on and its wall time is that of the machine', async () => {
  const startMs = systemClock.nowMs();
  await sleep(systemClock, 20);
  // Node's timers may come up to a millisecond early against the finer clock.
  assert.ok(systemClock.nowMs() - startMs >= 19);
  assert.ok(Math.abs(systemClock.wallMs() - Date.now()) < 1_000);
});

test('a cancelled timer does not fire, and cancelling twice is nothing', async () => {
  let fired = false;
  const timer = systemClock.after(5, () => {
    fired = true;
  });
  timer.cancel();
  timer.cancel();
  await sleep(systemClock, 20);
  assert.equal(fired, false);
});

test('a delay beyond what Node can hold does not fire at once', async () => {
  let fired = false;
  const timer = systemClock.after(2 ** 31 + 5, () => {
    fired = true;
  });
  await sleep(systemClock, 20);
  timer.cancel();
  assert.equal(fired, false);
});
