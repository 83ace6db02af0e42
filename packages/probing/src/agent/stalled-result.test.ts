import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import { withLoopLag } from './stalled-result.ts';
import { resultOf } from './testing/result-of.ts';

const REFUSED = fault('CONNECT_REFUSED', 'Connection refused.', 'connect');

test('a bad result on a stalled loop is the prober’s fault, and says what it would have been', () => {
  const down = resultOf({ status: 'down', fault: REFUSED, totalMs: 200 });
  const stalled = withLoopLag(down, 101);
  assert.equal(stalled.status, 'invalid');
  assert.equal(stalled.fault?.code, 'PROBER_STALLED');
  assert.equal(stalled.fault?.phase, 'connect');
  assert.match(
    stalled.fault?.message ?? '',
    /101 ms of 200 ms; without that: down, CONNECT_REFUSED/,
  );
  assert.equal(stalled.loopLagMs, 101);
});

test('at the bar itself, or below a fifth of a long probe, the target is still to blame', () => {
  const short = resultOf({ status: 'down', fault: REFUSED, totalMs: 200 });
  const long = resultOf({ status: 'timeout', totalMs: 10_000 });
  assert.equal(withLoopLag(short, 100).status, 'down');
  assert.equal(withLoopLag(long, 2_000).status, 'timeout');
  assert.equal(withLoopLag(long, 2_001).status, 'invalid');
});

test('up stays up and another fault of the prober stays itself, with the lag noted', () => {
  const tooMany = fault('PROBER_OUT_OF_DESCRIPTORS', 'No descriptor left.');
  const invalid = withLoopLag(resultOf({ status: 'invalid', fault: tooMany }), 5_000);
  assert.equal(invalid.fault?.code, 'PROBER_OUT_OF_DESCRIPTORS');
  const up = withLoopLag(resultOf({}), 5_000);
  assert.deepEqual([up.status, up.loopLagMs], ['up', 5_000]);
});
