import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '@holdfast/kernel/fake';
import {
  BATCH_MAX,
  FLUSH_MS,
  QUEUE_MAX,
  ResultOutbox,
  UNACKNOWLEDGED_MAX,
} from './result-outbox.ts';
import { resultOf } from './testing/result-of.ts';

test('sends after the flush time, or at once when a batch is full', () => {
  const { clock, outbox, sent } = fixture();
  outbox.push(resultOf({}));
  clock.advance(FLUSH_MS - 1);
  assert.deepEqual(sent, []);
  clock.advance(1);
  assert.deepEqual(sent, [{ batch: 1, size: 1 }]);
  for (let count = 0; count < BATCH_MAX; count += 1) outbox.push(resultOf({}));
  assert.deepEqual(sent.at(-1), { batch: 2, size: BATCH_MAX });
});

test('waits for acknowledgements when the window is full, then goes on', () => {
  const { clock, outbox, sent } = fixture();
  for (let count = 0; count < BATCH_MAX * (UNACKNOWLEDGED_MAX + 2); count += 1) {
    outbox.push(resultOf({}));
  }
  clock.advance(60_000);
  assert.equal(sent.length, UNACKNOWLEDGED_MAX);
  outbox.stored(2);
  assert.equal(sent.length, UNACKNOWLEDGED_MAX + 2);
  assert.equal(outbox.shed, 0);
});

test('sheds the oldest beyond its capacity and counts them', () => {
  const { clock, outbox, sent } = fixture();
  const overflow = 700;
  const fits = UNACKNOWLEDGED_MAX * BATCH_MAX + QUEUE_MAX;
  for (let count = 0; count < fits + overflow; count += 1) {
    outbox.push(resultOf({ totalMs: count }));
  }
  clock.advance(FLUSH_MS);
  assert.equal(outbox.shed, overflow);
  outbox.close();
  assert.equal(
    sent.reduce((sum, { size }) => sum + size, 0),
    fits,
  );
});

test('an acknowledgement of a batch never sent opens nothing', () => {
  const { clock, outbox, sent } = fixture();
  outbox.stored(1_000);
  for (let count = 0; count < BATCH_MAX * 10; count += 1) outbox.push(resultOf({}));
  clock.advance(FLUSH_MS);
  assert.equal(sent.length, UNACKNOWLEDGED_MAX);
});

test('close hands in everything and leaves no timer', () => {
  const { clock, outbox, sent } = fixture();
  for (let count = 0; count < BATCH_MAX * 7 + 1; count += 1) outbox.push(resultOf({}));
  outbox.close();
  assert.equal(sent.at(-1)?.size, 1);
  assert.equal(clock.pending, 0);
});

function fixture() {
  const clock = new SimulatedClock();
  const sent: { batch: number; size: number }[] = [];
  const outbox = new ResultOutbox(clock, (batch, results) =>
    sent.push({ batch, size: results.length }),
  );
  return { clock, outbox, sent };
}
