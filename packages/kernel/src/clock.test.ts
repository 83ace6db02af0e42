import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from './clock.ts';
import { SimulatedClock } from './fake/index.ts';

test('sleep ends when its time has come, not before', async () => {
  const clock = new SimulatedClock();
  let awake = false;
  const sleeping = sleep(clock, 1_000).then(() => {
    awake = true;
  });
  await clock.advanceAsync(999);
  assert.equal(awake, false);
  await clock.advanceAsync(1);
  assert.equal(awake, true);
  await sleeping;
});

test('an abort ends it at once with the reason and leaves no timer', async () => {
  const clock = new SimulatedClock();
  const abort = new AbortController();
  const reason = new Error('closing');
  const sleeping = sleep(clock, 1_000, abort.signal);
  assert.equal(clock.pending, 1);
  abort.abort(reason);
  await assert.rejects(sleeping, reason);
  assert.equal(clock.pending, 0);
});

test('what is aborted already does not begin to sleep', async () => {
  const clock = new SimulatedClock();
  const reason = new Error('closed');
  await assert.rejects(sleep(clock, 1_000, AbortSignal.abort(reason)), reason);
  assert.equal(clock.pending, 0);
});

test('an abort after the sleep changes nothing', async () => {
  const clock = new SimulatedClock();
  const abort = new AbortController();
  const sleeping = sleep(clock, 5, abort.signal);
  await clock.advanceAsync(5);
  abort.abort();
  await sleeping;
});
