import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { Transaction } from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import { openEmbeddedCoordination } from '../embedded/open-embedded.ts';
import { FaultyCoordination } from '../mirror/simulation/faulty-coordination.ts';
import { openConfigurationCenter } from './configuration-center.ts';

async function openCenter(context: TestContext) {
  const clock = new SimulatedClock();
  const chance = seededChance(1);
  const parts = { clock, chance, logger: silentLogger };
  const store = await openEmbeddedCoordination(parts);
  const coordination = new FaultyCoordination(store, clock, chance);
  const center = openConfigurationCenter({ ...parts, coordination, namespace: 'shop' });
  context.after(async () => {
    await center.close();
    await store.close();
  });
  const settle = () => clock.advanceAsync(0);
  await settle();
  await center.ready;
  return { center, store, coordination, clock, settle };
}

function limit(value: unknown): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new TypeError('A limit is a number above 0.');
}

test('a value is typed, told with the one before, and never replaced by a broken one', async (context) => {
  const { center, settle } = await openCenter(context);
  const told: unknown[] = [];
  const onChange = (...change: unknown[]) => void told.push(change);
  const watched = center.watch('limit', { parse: limit, fallback: 10, onChange });
  assert.deepEqual([watched.current, watched.revision], [10, undefined]);
  const first = await center.set('limit', 20);
  await settle();
  assert.deepEqual([watched.current, watched.revision], [20, first]);
  await center.set('limit', 'many');
  await settle();
  assert.deepEqual([watched.current, watched.revision], [20, first]);
  assert.equal(watched.problem, 'A limit is a number above 0.');
  const third = await center.set('limit', 30);
  await settle();
  assert.deepEqual([watched.current, watched.problem], [30, undefined]);
  assert.deepEqual(center.get('limit'), { value: 30, revision: third });
  await center.remove('limit');
  await settle();
  assert.deepEqual([watched.current, watched.revision, center.names()], [10, undefined, []]);
  assert.deepEqual(told, [
    [20, 10],
    [30, 20],
    [10, 30],
  ]);
});

test('what is no JSON leaves the last good value, and is told', async (context) => {
  const { center, store, settle } = await openCenter(context);
  const watched = center.watch('limit', { parse: limit });
  await center.set('limit', 1);
  const key = KEYS.configuration('shop', 'limit');
  const garbage: Transaction = { if: [], then: [{ type: 'put', key, value: Buffer.from('{') }] };
  await store.txn(garbage);
  await settle();
  assert.equal(watched.current, 1);
  assert.match(watched.problem ?? '', /JSON/);
});

test('a writer who did not see the present value is refused', async (context) => {
  const { center, settle } = await openCenter(context);
  const first = await center.set('a', 1, { revision: 0n });
  await assert.rejects(center.set('a', 2, { revision: 0n }), { code: 'CONFLICT' });
  const second = await center.set('a', 2, { revision: first });
  await assert.rejects(center.set('a', 3, { revision: first }), {
    code: 'CONFLICT',
    message: new RegExp(`${first}, and it is of ${second}`),
  });
  await assert.rejects(center.remove('a', { revision: first }), { code: 'CONFLICT' });
  await center.remove('a', { revision: second });
  await settle();
  assert.equal(center.get('a'), undefined);
});

test('calls never overlap: a slow listener is told the newest value next', async (context) => {
  const { center, clock, settle } = await openCenter(context);
  const told: string[] = [];
  let running = 0;
  const onChange = async (current?: number, previous?: number) => {
    running += 1;
    assert.equal(running, 1);
    told.push(`${previous}→${current}`);
    await new Promise<void>((resolve) => clock.after(1_000, resolve));
    running -= 1;
  };
  const watched = center.watch('limit', { parse: limit, onChange });
  for (const value of [1, 2, 3]) {
    await center.set('limit', value);
    await settle();
  }
  assert.deepEqual([watched.current, told], [3, ['undefined→1']]);
  await clock.advanceAsync(5_000);
  assert.deepEqual(told, ['undefined→1', '1→3']);
});

test('a listener that throws is told of the next change all the same', async (context) => {
  const { center, settle } = await openCenter(context);
  const told: unknown[] = [];
  const onChange = (current?: number) => {
    told.push(current);
    throw new Error('broken listener');
  };
  center.watch('limit', { parse: limit, onChange });
  for (const value of [1, 2]) {
    await center.set('limit', value);
    await settle();
  }
  assert.deepEqual(told, [1, 2]);
});

test('writing the same again is no change; who closed is told nothing', async (context) => {
  const { center, settle } = await openCenter(context);
  const told: unknown[] = [];
  const parse = (value: unknown) => value as { a: number };
  const watched = center.watch('x', { parse, onChange: (current) => void told.push(current) });
  await center.set('x', { a: 1 });
  await settle();
  const again = await center.set('x', { a: 1 });
  await settle();
  assert.deepEqual([told, watched.revision], [[{ a: 1 }], again]);
  assert.throws(() => Object.assign(watched.current ?? {}, { a: 2 }), TypeError);
  await watched.close();
  await center.set('x', { a: 2 });
  await settle();
  assert.equal(told.length, 1);
});

test('values stay in force while the store is away, and catch up', async (context) => {
  const { center, coordination, store, clock, settle } = await openCenter(context);
  const watched = center.watch('limit', { parse: limit });
  await center.set('limit', 1);
  await settle();
  coordination.line = 'refused';
  coordination.breakStreams();
  await clock.advanceAsync(5_000);
  assert.deepEqual([watched.current, center.status().state], [1, 'stale']);
  const key = KEYS.configuration('shop', 'limit');
  await store.txn({ if: [], then: [{ type: 'put', key, value: Buffer.from('2') }] });
  coordination.line = 'well';
  await clock.advanceAsync(10_000);
  assert.deepEqual([watched.current, center.status().state], [2, 'live']);
});

test('names that could reach elsewhere are refused', async (context) => {
  const { center } = await openCenter(context);
  for (const name of ['', 'a/b', '../x', 'a b', 'x'.repeat(254)]) {
    await assert.rejects(center.set(name, 1), { code: 'USAGE' });
    assert.throws(() => center.watch(name, { parse: limit }), { code: 'USAGE' });
  }
  await assert.rejects(center.set('a', undefined), { code: 'USAGE' });
});
