import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError, isHoldfastError, seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { bridgeEvents } from './bridge.ts';
import type { Events } from './events.ts';
import { createMemoryEvents } from './memory-events.ts';
import { event, numbered } from './sample-events.ts';

const clock = new SimulatedClock();
const AROUND = { clock, chance: seededChance(1), logger: silentLogger, streams: ['trips'] };

async function idsOf(events: Events): Promise<string[]> {
  const ids: string[] = [];
  const { signal } = new AbortController();
  for await (const item of events.read('trips', { fromMs: 0, live: false }, signal))
    ids.push(item.event.id);
  return ids;
}

test('everybody sees everything once, and nothing goes in a circle', async () => {
  const shared = createMemoryEvents({ clock });
  const buses = ['one', 'two', 'three'].map((origin) => {
    const bus = createMemoryEvents({ clock });
    return { bus, bridge: bridgeEvents(bus, shared, { ...AROUND, origin, bothWays: true }) };
  });
  for (const [i, { bus }] of buses.entries())
    await bus.publishAll('trips', numbered(i * 10 + 1, i * 10 + 10));
  await shared.publish('trips', event(31));
  await clock.advanceAsync(10_000);
  const all = numbered(1, 31).map(({ id }) => id);
  for (const each of [shared, ...buses.map(({ bus }) => bus)])
    assert.deepEqual((await idsOf(each)).sort(), all);
  for (const { bus, bridge } of buses) {
    assert.equal((await bus.lag('trips', 'bridge:one')).unacknowledged, 0);
    await bridge.close();
  }
  assert.equal(clock.pending, 0);
});

test('one way brings nothing in, and an outage of the shared bus is waited for', async () => {
  const here = createMemoryEvents({ clock });
  const memory = createMemoryEvents({ clock });
  let away = true;
  const there: Events = {
    publish: (stream, each) => memory.publish(stream, each),
    publishAll: (stream, events) =>
      away
        ? Promise.reject(new HoldfastError('EVENTS_FAILED', 'away', 'wait'))
        : memory.publishAll(stream, events),
    consume: (...parameters) => memory.consume(...parameters),
    read: (...parameters) => memory.read(...parameters),
    lag: (...parameters) => memory.lag(...parameters),
    facts: () => memory.facts(),
    close: () => memory.close(),
  };
  const bridge = bridgeEvents(here, there, { ...AROUND, origin: 'one' });
  await here.publishAll('trips', numbered(1, 700));
  await memory.publish('trips', event(900));
  await clock.advanceAsync(20_000);
  assert.deepEqual(await idsOf(memory), ['event-900']);
  away = false;
  await here.publish('trips', event(701));
  await clock.advanceAsync(20_000);
  assert.deepEqual(await idsOf(memory), ['event-900', ...numbered(1, 701).map(({ id }) => id)]);
  assert.equal((await idsOf(here)).length, 701);
  assert.deepEqual(await here.lag('trips', 'bridge:one'), {
    waiting: 0,
    unacknowledged: 0,
    missed: 0,
  });
  await bridge.close();
});

test('names that are none are refused at once', () => {
  const bus = createMemoryEvents({ clock });
  const usage = (error: unknown) => isHoldfastError(error) && error.code === 'USAGE';
  assert.throws(() => bridgeEvents(bus, bus, { ...AROUND, origin: '' }), usage);
  const wrong = { ...AROUND, origin: 'one', streams: ['Trips'] };
  assert.throws(() => bridgeEvents(bus, bus, wrong), usage);
});
