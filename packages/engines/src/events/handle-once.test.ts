import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHoldfastError } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { Delivery } from './events.ts';
import { handleOnce, memorySeenIds } from './handle-once.ts';
import { event } from './sample-events.ts';

function delivery(number: number): Delivery & { acks: number } {
  const made = {
    event: event(number),
    position: '1',
    attempt: 1,
    acks: 0,
    ack: async () => {
      made.acks += 1;
    },
  };
  return made;
}

test('a second delivery is acknowledged and not handled, until the window is over', async () => {
  const clock = new SimulatedClock();
  const handled: string[] = [];
  const once = handleOnce({ seen: memorySeenIds(clock) }, async ({ id }) => void handled.push(id));
  const deliveries = [delivery(1), delivery(1), delivery(2)];
  const outcomes: string[] = [];
  for (const each of deliveries) outcomes.push(await once(each));
  assert.deepEqual(outcomes, ['handled', 'repeated', 'handled']);
  assert.deepEqual(handled, ['event-001', 'event-002']);
  assert.deepEqual(
    deliveries.map(({ acks }) => acks),
    [1, 1, 1],
  );
  clock.advance(300_000);
  assert.equal(await once(delivery(1)), 'handled');
});

test('what is being handled is left alone; when its handler died, it is handled again', async () => {
  const clock = new SimulatedClock();
  const seen = memorySeenIds(clock);
  const stuck = handleOnce({ seen, holdMs: 1_000 }, () => new Promise(() => {}));
  void stuck(delivery(1));
  const once = handleOnce({ seen, holdMs: 1_000 }, async () => {});
  const waiting = delivery(1);
  assert.equal(await once(waiting), 'begun');
  assert.equal(waiting.acks, 0);
  clock.advance(1_000);
  assert.equal(await once(waiting), 'handled');
  assert.equal(waiting.acks, 1);
});

test('what its handler refused comes again', async () => {
  const seen = memorySeenIds(new SimulatedClock());
  const refused = delivery(1);
  const refusing = handleOnce({ seen }, () => Promise.reject(new Error('no')));
  await assert.rejects(refusing(refused), /no/);
  assert.equal(refused.acks, 0);
  assert.equal(await handleOnce({ seen }, async () => {})(refused), 'handled');
});

test('its memory is bounded: the oldest that is done goes first, what is begun never', async () => {
  const seen = memorySeenIds(new SimulatedClock(), 3);
  assert.equal(await seen.begin('begun', 1_000), 'new');
  await seen.done('a', 1_000);
  await seen.done('b', 1_000);
  await seen.done('c', 1_000);
  assert.equal(await seen.begin('c', 1_000), 'done');
  assert.equal(await seen.begin('begun', 1_000), 'begun');
  assert.equal(await seen.begin('a', 1_000), 'new');
  assert.equal(await seen.begin('d', 1_000), 'new');
  await assert.rejects(
    seen.begin('e', 1_000),
    (error) => isHoldfastError(error) && error.code === 'BUSY',
  );
});
