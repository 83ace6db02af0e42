// What every event engine must do. An engine's test calls this with a way to open an empty one; time
// passes by `pass`, so that an engine on a simulated clock never waits.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isHoldfastError } from '@holdfast/kernel';
import {
  type ConsumeOptions,
  type Delivery,
  EVENT_BYTES_MAX,
  type Events,
  PUBLISH_MAX,
  type ReadItem,
  type ReadOptions,
  type StreamEvent,
} from './events.ts';
import { pull } from './pull.ts';
import { event, numbered } from './sample-events.ts';

export interface OpenedEvents {
  events: Events;
  /** By the clock that the engine goes by. */
  pass(ms: number): Promise<void>;
  wallMs(): number;
  close(): Promise<void>;
}

export type OpenEvents = (options: { lengthMax?: number }) => Promise<OpenedEvents>;

const STREAM = 'trips';
/** A hang is a failure of one test, not of the run. */
const TIMEOUT_MS = 60_000;
const CLAIM_MS = 150;
/** Long enough for a loaded machine. */
const SLOW_MS = 1_000;
const USUAL = { group: 'ledger', consumer: 'one', claimAfterMs: CLAIM_MS } as const;

export function eventsConformance(name: string, open: OpenEvents): void {
  type Body = (events: Events, opened: OpenedEvents) => Promise<void>;
  const holds = (what: string, body: Body, options: { lengthMax?: number } = {}) =>
    it(what, { timeout: TIMEOUT_MS }, async () => {
      const opened = await open(options);
      try {
        await body(opened.events, opened);
      } finally {
        await opened.close();
      }
    });
  describe(`events: ${name}`, () => {
    holds('delivers in order what JSON keeps', deliversInOrder);
    holds('shares a stream among the consumers of a group', sharesAmongConsumers);
    holds('shows everything to every group', showsToGroups);
    holds('begins a new group where it is told, and goes on with a known one', beginsGroups);
    holds('hands out no more than a consumer may hold', holdsBack);
    holds('gives what a dead consumer left to another', claimsAbandoned);
    holds('does not count what waits behind a slow handler', waitsForSlowHandlers);
    holds('takes an acknowledgement late, and twice as once', acknowledgesLate);
    holds('sets aside what nobody acknowledges', setsAside);
    holds('replays from a position and from a time', replays);
    holds('reads what comes', readsLive);
    holds('tells the lag of a group', tellsLag);
    holds('trims the oldest and counts what a group missed', trims, { lengthMax: 100 });
    holds('ends at once when it is aborted', ends);
    holds('ends everything when it is closed', closes);
    holds('refuses names, options and sizes out of bounds', refuses);
  });
}

async function deliversInOrder(events: Events): Promise<void> {
  const consumer = consume(events, USUAL);
  const odd = {
    ...event(1),
    data: { at: new Date(0), none: undefined, nan: Number.NaN, list: [1] },
  };
  await events.publish(STREAM, odd);
  await events.publishAll(STREAM, numbered(2, 40));
  await events.publish(STREAM, { ...event(41), key: '', data: undefined });
  const got = await consumer.take(41);
  assert.deepEqual(
    got.map(({ event: { id } }) => id),
    numbered(1, 41).map(({ id }) => id),
  );
  const kept = { at: '1970-01-01T00:00:00.000Z', nan: null, list: [1] };
  assert.deepEqual(got[0]?.event, { ...odd, data: kept });
  assert.deepEqual(got[1]?.event, event(2));
  assert.deepEqual(got[40]?.event, { ...event(41), key: '', data: null });
  assert.ok(got.every(({ attempt }) => attempt === 1));
  const positions = got.map(({ position }) => position);
  assert.deepEqual(positions, [...new Set(positions)].sort());
}

async function sharesAmongConsumers(events: Events): Promise<void> {
  const one = consume(events, { ...USUAL, unacknowledgedMax: 1, claimAfterMs: 60_000 });
  const two = consume(events, {
    ...USUAL,
    consumer: 'two',
    unacknowledgedMax: 1,
    claimAfterMs: 60_000,
  });
  await events.publishAll(STREAM, numbered(1, 20));
  const ids: string[] = [];
  for (let turn = 0; turn < 10; turn += 1)
    for (const delivery of [...(await one.take(1)), ...(await two.take(1))]) {
      ids.push(delivery.event.id);
      await delivery.ack();
    }
  assert.deepEqual(
    ids.sort(),
    numbered(1, 20)
      .map(({ id }) => id)
      .sort(),
  );
}

async function showsToGroups(events: Events): Promise<void> {
  const groups = ['ledger', 'console'].map((group) => consume(events, { ...USUAL, group }));
  await events.publishAll(STREAM, numbered(1, 5));
  for (const group of groups) assert.deepEqual(await group.ids(5), ids(1, 5));
}

async function beginsGroups(events: Events): Promise<void> {
  await events.publishAll(STREAM, numbered(1, 3));
  const next = consume(events, { ...USUAL, group: 'next' });
  const first = consume(events, { ...USUAL, group: 'first', from: 'first' });
  await events.publish(STREAM, event(4));
  assert.deepEqual(await next.ids(1), ids(4, 4));
  const got = await first.take(2);
  for (const delivery of got) await delivery.ack();
  await first.end();
  const again = consume(events, { ...USUAL, group: 'first', consumer: 'two' });
  assert.deepEqual(await again.ids(2), ids(3, 4));
}

async function holdsBack(events: Events): Promise<void> {
  const consumer = consume(events, { ...USUAL, unacknowledgedMax: 4, claimAfterMs: 60_000 });
  await events.publish(STREAM, event(1));
  const [first] = await consumer.take(1);
  for (const number of [2, 3, 4]) {
    await events.publish(STREAM, event(number));
    await consumer.take(1);
  }
  await events.publish(STREAM, event(5));
  let came = false;
  const next = consumer.take(1).then((got) => {
    came = true;
    return got;
  });
  await events.lag(STREAM, 'ledger');
  await events.lag(STREAM, 'ledger');
  assert.equal(came, false);
  await first?.ack();
  assert.equal((await next)[0]?.event.id, 'event-005');
}

async function claimsAbandoned(events: Events, { pass }: OpenedEvents): Promise<void> {
  const one = consume(events, USUAL);
  await events.publishAll(STREAM, numbered(1, 4));
  const got = await one.take(2);
  await got[0]?.ack();
  await one.end();
  const two = consume(events, { ...USUAL, consumer: 'two' });
  const rest = two.take(3);
  await pass(2 * CLAIM_MS);
  const taken = await rest;
  assert.deepEqual(taken.map(({ event: { id } }) => id).sort(), ids(2, 4));
  assert.equal(taken.find(({ event: { id } }) => id === 'event-002')?.attempt, 2);
  for (const delivery of taken) await delivery.ack();
  assert.equal((await events.lag(STREAM, 'ledger')).unacknowledged, 0);
}

async function waitsForSlowHandlers(events: Events, { pass }: OpenedEvents): Promise<void> {
  const consumer = consume(events, { ...USUAL, claimAfterMs: SLOW_MS });
  await events.publishAll(STREAM, numbered(1, 8));
  const attempts: number[] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    const [delivery] = await consumer.take(1);
    attempts.push(delivery?.attempt ?? 0);
    await pass(SLOW_MS / 5);
    await delivery?.ack();
  }
  assert.deepEqual(attempts, Array(8).fill(1));
}

async function acknowledgesLate(events: Events, { pass }: OpenedEvents): Promise<void> {
  const consumer = consume(events, { ...USUAL, unacknowledgedMax: 1 });
  await events.publish(STREAM, event(1));
  const [late] = await consumer.take(1);
  const again = consumer.take(1);
  await pass(2 * CLAIM_MS);
  assert.equal((await again)[0]?.attempt, 2);
  await late?.ack();
  await late?.ack();
  assert.deepEqual(await events.lag(STREAM, 'ledger'), {
    waiting: 0,
    unacknowledged: 0,
    missed: 0,
  });
}

async function setsAside(events: Events, { pass }: OpenedEvents): Promise<void> {
  const consumer = consume(events, { ...USUAL, attemptsMax: 2 });
  // Somebody always waits: what lies ready too long on a loaded machine would count as delivered as well.
  const first = consumer.take(1);
  await events.publish(STREAM, event(1));
  const dead = reader(events, { fromMs: 0, live: true }, `${STREAM}:dead`);
  const buried = dead.take(1);
  const attempts = (await first).map(({ attempt }) => attempt);
  const second = consumer.take(1);
  await pass(2 * CLAIM_MS);
  attempts.push(...(await second).map(({ attempt }) => attempt));
  const none = consumer.take(1);
  await pass(2 * CLAIM_MS);
  assert.deepEqual((await buried)[0]?.event, event(1));
  assert.deepEqual(attempts, [1, 2]);
  assert.equal((await events.lag(STREAM, 'ledger')).unacknowledged, 0);
  await consumer.end();
  assert.deepEqual(await none, []);
}

async function replays(events: Events, { pass, wallMs }: OpenedEvents): Promise<void> {
  const started = wallMs();
  await events.publishAll(STREAM, numbered(1, 3));
  await pass(30);
  const between = wallMs();
  await pass(30);
  await events.publishAll(STREAM, numbered(4, 6));
  const all = await reader(events, { fromMs: started - 1_000, live: false }).all();
  assert.deepEqual(
    all.map((item) => item.event.id),
    ids(1, 6),
  );
  const since = await reader(events, { fromMs: between, live: false }).all();
  assert.deepEqual(
    since.map((item) => item.event.id),
    ids(4, 6),
  );
  const after = all[1]?.position ?? '';
  const rest = await reader(events, { after, live: false }).all();
  assert.deepEqual(rest, all.slice(2));
  assert.deepEqual(await reader(events, { live: false }).all(), []);
  assert.deepEqual(await reader(events, { fromMs: 0, live: false }, 'nothing').all(), []);
}

async function readsLive(events: Events): Promise<void> {
  await events.publish(STREAM, event(1));
  const [known] = await reader(events, { fromMs: 0, live: false }).all();
  const next = reader(events, { live: true });
  const all = reader(events, { after: known?.position ?? '', live: true });
  const coming = next.take(2);
  await events.publish(STREAM, event(2));
  await events.publish(STREAM, event(3));
  assert.deepEqual(
    (await coming).map((item) => item.event.id),
    ids(2, 3),
  );
  assert.deepEqual(
    (await all.take(2)).map((item) => item.event.id),
    ids(2, 3),
  );
}

async function tellsLag(events: Events, { pass }: OpenedEvents): Promise<void> {
  assert.deepEqual(await events.lag(STREAM, 'nobody'), {
    waiting: 0,
    unacknowledged: 0,
    missed: 0,
  });
  const consumer = consume(events, { ...USUAL, unacknowledgedMax: 2, claimAfterMs: 60_000 });
  await events.publishAll(STREAM, numbered(1, 5));
  const taken = await consumer.take(2);
  await pass(50);
  const lag = await events.lag(STREAM, 'ledger');
  assert.deepEqual([lag.waiting, lag.unacknowledged, lag.missed], [3, 2, 0]);
  assert.ok(lag.oldestMs !== undefined && lag.oldestMs >= 40 && lag.oldestMs < 60_000);
  for (const delivery of taken) await delivery.ack();
  for (const delivery of await consumer.take(2)) await delivery.ack();
  for (const delivery of await consumer.take(1)) await delivery.ack();
  assert.deepEqual(await events.lag(STREAM, 'ledger'), {
    waiting: 0,
    unacknowledged: 0,
    missed: 0,
  });
}

async function trims(events: Events): Promise<void> {
  const before = consume(events, { ...USUAL, from: 'first', unacknowledgedMax: 1 });
  await events.publish(STREAM, event(1));
  for (const delivery of await before.take(1)) await delivery.ack();
  await before.end();
  for (let from = 2; from < 1_002; from += 250)
    await events.publishAll(STREAM, numbered(from, from + 249));
  const { waiting, missed } = await events.lag(STREAM, 'ledger');
  assert.equal(waiting + missed, 1_000);
  // An engine may trim in blocks.
  assert.ok(waiting >= 100 && waiting <= 300, `keeps ${waiting}`);
  const kept = await reader(events, { fromMs: 0, live: false }).all();
  assert.equal(kept.length, waiting);
  const consumer = consume(events, { ...USUAL, claimAfterMs: 60_000 });
  const [oldest] = await consumer.take(1);
  assert.deepEqual(oldest?.event, kept[0]?.event);
  assert.equal((await events.lag(STREAM, 'ledger')).missed, missed);
}

async function ends(events: Events): Promise<void> {
  const consumer = consume(events, USUAL);
  const live = reader(events, { live: true });
  const waiting = [consumer.take(1), live.take(1)];
  await events.lag(STREAM, 'ledger');
  await consumer.end();
  await live.end();
  assert.deepEqual(await Promise.all(waiting), [[], []]);
  const aborted = AbortSignal.abort();
  for await (const _ of events.consume(STREAM, USUAL, aborted)) assert.fail('was aborted');
  for await (const _ of events.read(STREAM, { live: true }, aborted)) assert.fail('was aborted');
}

async function closes(events: Events): Promise<void> {
  const waiting = [consume(events, USUAL).take(1), reader(events, { live: true }).take(1)];
  await events.lag(STREAM, 'ledger');
  await events.close();
  await events.close();
  assert.deepEqual(await Promise.all(waiting), [[], []]);
  await rejects(events.publish(STREAM, event(1)), 'EVENTS_FAILED');
  await rejects(events.publishAll(STREAM, [event(1)]), 'EVENTS_FAILED');
  await rejects(events.lag(STREAM, 'ledger'), 'EVENTS_FAILED');
}

async function refuses(events: Events): Promise<void> {
  for (const name of ['', 'Trips', '9', 'a b', 'x'.repeat(129), 'a*', 'a\n'])
    await rejects(events.publish(name, event(1)), 'USAGE');
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const bad: Partial<StreamEvent>[] = [
    { id: '' },
    { id: 'x'.repeat(513) },
    { type: '' },
    { atMs: Number.NaN },
    { data: 'x'.repeat(EVENT_BYTES_MAX) },
    { data: circle },
    { data: 1n },
  ];
  for (const part of bad) await rejects(events.publish(STREAM, { ...event(1), ...part }), 'USAGE');
  await rejects(events.publishAll(STREAM, [event(1), { ...event(2), id: '' }]), 'USAGE');
  await rejects(events.publishAll(STREAM, numbered(1, PUBLISH_MAX + 1)), 'USAGE');
  const { signal } = new AbortController();
  for (const part of [
    { group: '' },
    { consumer: 'a b' },
    { claimAfterMs: 0 },
    { attemptsMax: 0 },
    { unacknowledgedMax: 1.5 },
  ])
    throws(() => events.consume(STREAM, { ...USUAL, ...part }, signal));
  throws(() => events.consume('Trips', USUAL, signal));
  throws(() => events.read(STREAM, { after: 'yesterday', live: false }, signal));
  await rejects(events.lag(STREAM, ''), 'USAGE');
  const large = { ...event(1), data: 'x'.repeat(EVENT_BYTES_MAX - 2) };
  await events.publish(STREAM, large);
  const [only] = await reader(events, { fromMs: 0, live: false }).all();
  assert.deepEqual(only?.event, large);
}

function ids(from: number, to: number): string[] {
  return numbered(from, to).map(({ id }) => id);
}

function consume(events: Events, options: ConsumeOptions) {
  const abort = new AbortController();
  const taken = pull<Delivery>(events.consume(STREAM, options, abort.signal), abort);
  return {
    ...taken,
    ids: async (count: number) => (await taken.take(count)).map((each) => each.event.id),
  };
}

function reader(events: Events, options: ReadOptions, stream = STREAM) {
  const abort = new AbortController();
  return pull<ReadItem>(events.read(stream, options, abort.signal), abort);
}

async function rejects(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (error) => isHoldfastError(error) && error.code === code);
}

function throws(call: () => unknown): void {
  assert.throws(call, (error) => isHoldfastError(error) && error.code === 'USAGE');
}
