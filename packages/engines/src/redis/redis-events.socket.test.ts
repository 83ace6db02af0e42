// Redis Streams held to the contract, and what only a server can do: be flushed, be written to by
// others, want a password.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { isHoldfastError, seededChance, silentLogger, systemClock } from '@holdfast/kernel';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { bridgeEvents } from '../events/bridge.ts';
import { consumerKillsConformance } from '../events/consumer-kills.conformance.ts';
import { eventsConformance, type OpenedEvents } from '../events/events.conformance.ts';
import { createMemoryEvents } from '../events/memory-events.ts';
import { event, numbered } from '../events/sample-events.ts';
import { type RedisServer, startRedis } from '../testing/redis-server.ts';
import { eventOf, fieldsOf } from './entry.ts';
import { openRedisEvents, type RedisEvents, type RedisEventsOptions } from './redis-events.ts';

const LIMITS = { timeout: 60_000 };
const chance = seededChance(4);
let server: RedisServer;
let plain: Redis;
let databases = 0;
const opened: RedisEvents[] = [];

before(async () => {
  server = await startRedis();
  plain = new Redis(server.url);
});
after(async () => {
  plain.disconnect();
  await server.close();
});
afterEach(async () => {
  for (const events of opened.splice(0)) await events.close();
});

async function openEvents(options: Partial<RedisEventsOptions> = {}): Promise<RedisEvents> {
  const around = { clock: systemClock, chance, logger: silentLogger };
  const events = await openRedisEvents({ url: server.url, ...around, ...options });
  opened.push(events);
  return events;
}

/** Each in streams of its own. */
async function open(options: { lengthMax?: number }): Promise<OpenedEvents> {
  databases += 1;
  const events = await openEvents({ ...options, prefix: `test-${databases}:` });
  return {
    events,
    pass: (ms) => pause(ms),
    wallMs: () => Date.now(),
    close: () => events.close(),
  };
}

eventsConformance('redis', open);
consumerKillsConformance('redis', open, 8);

test(
  'what others write by hand is delivered, and what is no event is set aside',
  LIMITS,
  async () => {
    const events = await openEvents({ prefix: '' });
    const { signal } = new AbortController();
    const options = { group: 'g', consumer: 'c' };
    const deliveries = events
      .consume('stream:trip-events', options, signal)
      [Symbol.asyncIterator]();
    const dead = events.read('stream:trip-events:dead', { fromMs: 0, live: true }, signal);
    await events.lag('stream:trip-events', 'g');
    const bad = [
      ['key', 'k'],
      ['type', 'T', 'data', '{'],
      ['type', 'T', 'at', 'noon'],
      ['type', 'x'.repeat(600)],
      ['type', 'T', 'data', `"${'x'.repeat(1024 * 1024)}"`],
    ];
    for (const fields of bad) await plain.xadd('stream:trip-events', '*', ...fields);
    const id = (await plain.xadd('stream:trip-events', '*', 'type', 'TripStarted')) ?? '';
    const { value } = await deliveries.next();
    const atMs = Number(id.split('-')[0]);
    assert.deepEqual(value.event, { id, type: 'TripStarted', key: '', atMs, data: null });
    await value.ack();
    let count = 0;
    for await (const item of dead) {
      assert.equal(item.event.type, 'Malformed');
      count += 1;
      if (count === bad.length) break;
    }
    assert.equal((await events.lag('stream:trip-events', 'g')).unacknowledged, 0);
    assert.deepEqual(await plain.xrange('stream:trip-events', id, id), [
      [id, ['type', 'TripStarted']],
    ]);
  },
);

test('fuzz: whatever the fields, the reading of an entry never throws', () => {
  const fields = fc.array(
    fc.oneof(fc.constantFrom('id', 'type', 'key', 'at', 'data', 'origin', '{}', '1'), fc.string()),
  );
  fc.assert(
    fc.property(fields, (each) => {
      const read = eventOf('5-1', each);
      if (typeof read === 'string') assert.notEqual(read, '');
      else assert.deepEqual(eventOf('9-9', fieldsOf(read, JSON.stringify(read.data))), read);
    }),
  );
});

test('a group that was lost in a flush goes on with what comes', LIMITS, async () => {
  const events = await openEvents({ prefix: 'flush:' });
  const { signal } = new AbortController();
  const options = { group: 'g', consumer: 'c' };
  const deliveries = events.consume('trips', options, signal)[Symbol.asyncIterator]();
  await events.publish('trips', event(1));
  await (await deliveries.next()).value.ack();
  await plain.flushall();
  await events.publishAll('trips', numbered(2, 3));
  for (const number of [2, 3]) {
    const { value } = await deliveries.next();
    assert.equal(value.event.id, event(number).id);
    await value.ack();
  }
});

test(
  'what an ended consumer never handed out goes to others as if it had not been delivered',
  LIMITS,
  async () => {
    const events = await openEvents({ prefix: 'back:' });
    const options = { group: 'g', consumer: 'one', claimAfterMs: 60_000 };
    const end = new AbortController();
    // There before the consumer, so that one read brings all of them.
    await events.publishAll('trips', numbered(1, 4));
    const first = { ...options, from: 'first' } as const;
    const one = events.consume('trips', first, end.signal)[Symbol.asyncIterator]();
    assert.equal((await one.next()).value.event.id, 'event-001');
    end.abort();
    assert.equal((await one.next()).done, true);
    const attempts: [string, number][] = [];
    const another = { ...options, consumer: 'two', claimAfterMs: 8_000 };
    for await (const delivery of events.consume('trips', another, new AbortController().signal)) {
      attempts.push([delivery.event.id, delivery.attempt]);
      if (attempts.length === 3) break;
    }
    assert.deepEqual(attempts, [
      ['event-002', 1],
      ['event-003', 1],
      ['event-004', 1],
    ]);
  },
);

test('what a former consumer of the name left is not given back', LIMITS, async () => {
  const events = await openEvents({ prefix: 'former:' });
  await plain.xgroup('CREATE', 'former:trips', 'g', '$', 'MKSTREAM');
  await events.publish('trips', event(1));
  await plain.xreadgroup('GROUP', 'g', 'one', 'STREAMS', 'former:trips', '>');
  await pause(50);
  const options = { group: 'g', consumer: 'one', claimAfterMs: 60_000 };
  const end = new AbortController();
  const deliveries = events.consume('trips', options, end.signal)[Symbol.asyncIterator]();
  await events.publish('trips', event(2));
  assert.equal((await deliveries.next()).value.event.id, 'event-002');
  end.abort();
  await events.close();
  const left = (await plain.xpending('former:trips', 'g', '-', '+', 9)) as [
    string,
    string,
    number,
    number,
  ][];
  assert.deepEqual(
    left.map(([, , idleMs, attempts]) => [idleMs < 60_000, attempts]),
    [
      [true, 1],
      [true, 1],
    ],
  );
});

test('what cannot be set aside stays with the group', LIMITS, async () => {
  const events = await openEvents({ prefix: 'grave:' });
  await plain.set('grave:trips:dead', 'text');
  const { signal } = new AbortController();
  const deliveries = events.consume('trips', { group: 'g', consumer: 'c', from: 'first' }, signal);
  const next = deliveries[Symbol.asyncIterator]().next();
  await plain.xadd('grave:trips', '*', 'key', 'without a type');
  await assert.rejects(next, isFailure(/WRONGTYPE/, /choose another prefix/));
  assert.equal((await events.lag('trips', 'g')).unacknowledged, 1);
});

test('what only people can mend ends the consumer with an error', LIMITS, async () => {
  const events = await openEvents({ prefix: 'wrong:' });
  await plain.set('wrong:trips', 'text');
  const { signal } = new AbortController();
  const deliveries = events.consume('trips', { group: 'g', consumer: 'c' }, signal);
  const next = deliveries[Symbol.asyncIterator]().next();
  await assert.rejects(next, isFailure(/WRONGTYPE/, /choose another prefix/));
  await assert.rejects(events.publish('trips', event(1)), isFailure(/WRONGTYPE/, /prefix/));
  const kept = events.read('trips', { fromMs: 0, live: false }, signal)[Symbol.asyncIterator]();
  await assert.rejects(kept.next(), isFailure(/WRONGTYPE/, /prefix/));
});

test('ids that were handled are known to every process', LIMITS, async () => {
  const [one, two] = [await openEvents(), await openEvents()].map((each) => each.seenIds('mail'));
  assert.equal(await one?.begin('a', 60_000), 'new');
  assert.equal(await two?.begin('a', 60_000), 'begun');
  await one?.done('a', 60_000);
  assert.equal(await two?.begin('a', 60_000), 'done');
  await two?.forget('a');
  assert.equal(await one?.begin('a', 10), 'new');
  await pause(30);
  assert.equal(await two?.begin('a', 10), 'new');
});

test('buses of two processes are joined through Redis, without a circle', LIMITS, async () => {
  const buses = await Promise.all(
    ['one', 'two'].map(async (origin) => {
      const here = createMemoryEvents({ clock: systemClock });
      const there = await openEvents({ prefix: 'bridge:' });
      const around = { clock: systemClock, chance, logger: silentLogger, streams: ['trips'] };
      const bridge = bridgeEvents(here, there, { ...around, origin, bothWays: true });
      await there.lag('trips', 'nobody');
      return { here, bridge };
    }),
  );
  const [one, two] = buses;
  await one?.here.publishAll('trips', numbered(1, 50));
  await two?.here.publishAll('trips', numbered(51, 100));
  await plain.xadd('bridge:trips', '*', 'id', 'event-101', 'type', 'Moved');
  const { signal } = new AbortController();
  for (const { here } of buses) {
    const ids = new Set<string>();
    for await (const item of here.read('trips', { fromMs: 0, live: true }, signal)) {
      assert.ok(!ids.has(item.event.id));
      if (ids.add(item.event.id).size === 101) break;
    }
  }
  assert.equal(await plain.xlen('bridge:trips'), 101);
  for (const { bridge } of buses) await bridge.close();
});

test('a password is needed where there is one, and never shown', LIMITS, async () => {
  const guarded = await startRedis({ password: 's3cret' });
  try {
    const events = await openEvents({ url: guarded.url });
    await events.publish('trips', event(1));
    assert.deepEqual(await events.facts(), {
      engine: 'redis',
      endpoint: `redis://${guarded.host}:${guarded.port}`,
    });
    for (const password of ['', ':wr0ng@']) {
      const url = `redis://${password}${guarded.host}:${guarded.port}`;
      await assert.rejects(openEvents({ url }), (error) => {
        assert.doesNotMatch(inspect(error, { depth: 9 }), /wr0ng/);
        return isFailure(/NOAUTH|WRONGPASS/, /user:password@host/)(error);
      });
    }
  } finally {
    await guarded.close();
  }
});

test('an address that is none is refused', LIMITS, async () => {
  for (const url of ['http://h', 'redis://', 'redis://:p%ss@h', 'redis://h/first', 'nothing'])
    await assert.rejects(
      openEvents({ url }),
      (error) => isHoldfastError(error) && error.code === 'USAGE',
    );
});

function isFailure(what: RegExp, cure: RegExp) {
  return (error: unknown) => {
    assert.ok(isHoldfastError(error));
    assert.equal(error.code, 'EVENTS_FAILED');
    assert.match(error.message, what);
    assert.match(error.cure, cure);
    return true;
  };
}
