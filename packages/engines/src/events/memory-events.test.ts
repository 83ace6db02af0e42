import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHoldfastError } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import fc from 'fast-check';
import { consumerKillsConformance } from './consumer-kills.conformance.ts';
import { eventsConformance, type OpenedEvents } from './events.conformance.ts';
import { createMemoryEvents } from './memory-events.ts';
import { event } from './sample-events.ts';

async function open(options: { lengthMax?: number }): Promise<OpenedEvents> {
  const clock = new SimulatedClock();
  const events = createMemoryEvents({ clock, ...options });
  return {
    events,
    pass: (ms) => clock.advanceAsync(ms),
    wallMs: () => clock.wallMs(),
    close: async () => {
      await events.close();
      assert.equal(clock.pending, 0, 'a timer was left behind');
    },
  };
}

eventsConformance('memory', open);
consumerKillsConformance('memory', open, 100);

test('a slow consumer goes on at the oldest event that is kept, and the rest is counted', async () => {
  const bursts = fc.array(fc.record({ publish: fc.nat(30), take: fc.nat(15) }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(bursts, fc.integer({ min: 1, max: 20 }), async (steps, lengthMax) => {
      const { events, close } = await open({ lengthMax });
      const { signal } = new AbortController();
      const from = { group: 'g', consumer: 'c' };
      const deliveries = events.consume('trips', from, signal)[Symbol.asyncIterator]();
      let [published, next, missed] = [0, 1, 0];
      for (const { publish, take } of steps) {
        for (let i = 0; i < publish; i += 1) await events.publish('trips', event(++published));
        for (let i = 0; i < take && next <= published; i += 1) {
          const oldest = Math.max(next, published - lengthMax + 1);
          missed += oldest - next;
          next = oldest + 1;
          const { value } = await deliveries.next();
          assert.deepEqual(value.event, event(oldest));
          await value.ack();
        }
      }
      const gone = Math.max(0, published - lengthMax + 1 - next);
      const { waiting, missed: told } = await events.lag('trips', 'g');
      assert.deepEqual([waiting, told], [published - next - gone + 1, missed + gone]);
      await close();
    }),
  );
});

test('an event that was trimmed before it was acknowledged is not delivered again', async () => {
  const { events, pass, close } = await open({ lengthMax: 2 });
  const { signal } = new AbortController();
  const options = { group: 'g', consumer: 'c', claimAfterMs: 100 };
  const deliveries = events.consume('trips', options, signal)[Symbol.asyncIterator]();
  for (const number of [1, 2]) await events.publish('trips', event(number));
  for (const _ of [1, 2]) await deliveries.next();
  await events.publish('trips', event(3));
  await pass(100);
  assert.deepEqual((await deliveries.next()).value.event.id, 'event-002');
  assert.deepEqual((await deliveries.next()).value.event.id, 'event-003');
  assert.equal((await events.lag('trips', 'g')).missed, 1);
  await close();
});

test('the next delivery cannot be asked for twice at once', async () => {
  const { events, close } = await open({});
  const { signal } = new AbortController();
  const iterators = [
    events.consume('trips', { group: 'g', consumer: 'c' }, signal)[Symbol.asyncIterator](),
    events.read('trips', { live: true }, signal)[Symbol.asyncIterator](),
  ];
  for (const each of iterators) {
    const first = each.next();
    await assert.rejects(each.next(), (error) => isHoldfastError(error) && error.code === 'USAGE');
    await each.return?.();
    assert.equal((await first).done, true);
  }
  await close();
});

test('streams and groups are counted', async () => {
  const { events, close } = await open({});
  const { signal } = new AbortController();
  const usage = (error: unknown) => isHoldfastError(error) && error.code === 'USAGE';
  for (let i = 0; i < 100; i += 1)
    events.consume('trips', { group: `g${i}`, consumer: 'c' }, signal);
  assert.throws(() => events.consume('trips', { group: 'more', consumer: 'c' }, signal), usage);
  for (let i = 1; i < 1_000; i += 1) await events.publish(`s${i}`, event(i));
  await assert.rejects(events.publish('more', event(1)), usage);
  await close();
});
