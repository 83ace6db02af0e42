import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { seededChance, silentLogger } from '@holdfast/kernel';
import type { SimulatedClock } from '@holdfast/kernel/fake';
import type { Transaction } from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import { openEmbeddedCoordination } from '../embedded/open-embedded.ts';
import { LateClock } from '../leader/simulation/late-clock.ts';
import { FaultyCoordination } from '../mirror/simulation/faulty-coordination.ts';
import { acquireLock, type Lock, type LockOptions } from './lock.ts';

const TTL_MS = 5_000;

async function openStore(context: TestContext) {
  const clock = new LateClock();
  const chance = seededChance(1);
  const parts = { clock, chance, logger: silentLogger };
  const store = await openEmbeddedCoordination(parts);
  context.after(() => store.close());
  const line = new FaultyCoordination(store, clock, chance);
  const wanted = (holder: string, options: Partial<LockOptions> = {}): LockOptions => ({
    ...parts,
    coordination: line,
    namespace: 'shop',
    name: 'migration',
    holder,
    ttlMs: TTL_MS,
    ...options,
  });
  const acquire = (holder: string, options?: Partial<LockOptions>) =>
    acquireLock(wanted(holder, options));
  const places = async () => (await store.list(KEYS.lock('shop', 'migration'))).entries.length;
  return { store, clock, line, acquire, places };
}

/** Of a lock that is asked for: its state after all that can happen without time has happened. */
async function stateOf(clock: SimulatedClock, asked: Promise<Lock>) {
  let state: 'waiting' | 'held' | 'refused' = 'waiting';
  asked.then(
    () => {
      state = 'held';
    },
    () => {
      state = 'refused';
    },
  );
  await clock.advanceAsync(0);
  return () => state;
}

test('the oldest holds, then the next, with a higher token each', async (context) => {
  const { clock, acquire, places } = await openStore(context);
  const first = await acquire('a');
  const asked = [];
  for (const holder of ['b', 'c', 'd']) {
    asked.push(acquire(holder));
    await clock.advanceAsync(10);
  }
  const states = await Promise.all(asked.map((one) => stateOf(clock, one)));
  let held = first;
  for (const [index, next] of asked.entries()) {
    assert.deepEqual(
      states.map((state) => state()),
      asked.map((_, i) => (i < index ? 'held' : 'waiting')),
    );
    const { token } = held;
    await held.release();
    await clock.advanceAsync(0);
    held = await next;
    assert.ok(held.token > token);
    assert.ok(held.isHeld);
  }
  await held.release();
  await held.release();
  assert.equal(held.isHeld, false);
  assert.equal(await places(), 0);
});

test('who cannot wait is told who holds it', async (context) => {
  const { clock, acquire, places } = await openStore(context);
  const held = await acquire('the importer');
  await assert.rejects(acquire('b', { waitMs: 0 }), { code: 'BUSY', message: /the importer/ });
  const asked = acquire('c', { waitMs: 2_000 });
  const state = await stateOf(clock, asked);
  await clock.advanceAsync(1_999);
  assert.equal(state(), 'waiting');
  await clock.advanceAsync(1);
  await assert.rejects(asked, { code: 'BUSY', message: /the importer.* 2000 ms/ });
  assert.equal(await places(), 1);
  await held.release();
});

test('who cannot wait still waits for the answers of the store, and for nothing else', async (context) => {
  const { clock, line, acquire, places } = await openStore(context);
  line.latencyMs = 50;
  const asked = acquire('a', { waitMs: 0 });
  await clock.advanceAsync(1_000);
  const held = await asked;
  const busy = assert.rejects(acquire('b', { waitMs: 0 }), { code: 'BUSY', message: /held by a,/ });
  await clock.advanceAsync(1_000);
  await busy;
  assert.equal(await places(), 1);
  line.line = 'refused';
  await assert.rejects(acquire('c', { waitMs: 0 }), { code: 'COORDINATION_FAILED' });
  line.line = 'well';
  await Promise.all([held.release(), clock.advanceAsync(1_000)]);
});

test('who gives up leaves the line, and those behind him move up', async (context) => {
  const { clock, acquire, places } = await openStore(context);
  const held = await acquire('a');
  const giving = new AbortController();
  const second = acquire('b', { signal: giving.signal });
  await clock.advanceAsync(10);
  const third = acquire('c');
  const state = await stateOf(clock, third);
  giving.abort(new Error('no longer needed'));
  await assert.rejects(second, /no longer needed/);
  await clock.advanceAsync(100);
  assert.deepEqual([state(), await places()], ['waiting', 2]);
  await held.release();
  await clock.advanceAsync(100);
  await (await third).release();
});

test('a holder that dies is followed when his lease ends, and learns that it is over', async (context) => {
  const { clock, line, acquire } = await openStore(context);
  const held = await acquire('a');
  const healthy = line.engine;
  const asked = acquireLock({
    coordination: healthy,
    namespace: 'shop',
    name: 'migration',
    holder: 'b',
    ttlMs: TTL_MS,
    clock,
    chance: seededChance(2),
  });
  const state = await stateOf(clock, asked);
  line.line = 'silent';
  await clock.advanceAsync(TTL_MS - 100);
  assert.deepEqual([held.isHeld, held.lost.aborted, state()], [false, true, 'waiting']);
  await clock.advanceAsync(600);
  const next = await asked;
  assert.ok(next.token > held.token);
  const write: Transaction = { if: [], then: [{ type: 'put', key: '/x', value: Buffer.from('') }] };
  assert.equal((await healthy.txn({ ...write, if: [held.fence] })).done, false);
  assert.equal((await healthy.txn({ ...write, if: [next.fence] })).done, true);
  await next.release();
});

test('a waiter outlives broken and silent streams, compaction and a store that is away', async (context) => {
  const { store, clock, line, acquire } = await openStore(context);
  const held = await acquire('a', { coordination: store });
  const asked = acquire('b', { waitMs: 120_000 });
  const state = await stateOf(clock, asked);
  line.breakStreams();
  await clock.advanceAsync(1_000);
  line.line = 'refused';
  line.breakStreams();
  await clock.advanceAsync(2_000);
  line.line = 'well';
  await clock.advanceAsync(2_500);
  line.silenceStreams();
  await store.compact((await store.list('')).revision);
  assert.equal(state(), 'waiting');
  await held.release();
  await clock.advanceAsync(15_000);
  await (await asked).release();
});

test('a place that is lost while waiting is an end', async (context) => {
  const { clock, line, acquire } = await openStore(context);
  const held = await acquire('a', { coordination: line.engine });
  const asked = acquire('b', { waitMs: 60_000 });
  const refused = assert.rejects(asked, { code: 'LEASE_LOST' });
  await clock.advanceAsync(100);
  line.line = 'refused';
  await clock.advanceAsync(TTL_MS);
  await refused;
  await held.release();
});

test('of many at once one holds at a time', async (context) => {
  const { clock, acquire, places } = await openStore(context);
  let holders = 0;
  const tokens: bigint[] = [];
  const all = Array.from({ length: 20 }, async (_, i) => {
    const lock = await acquire(`holder-${i}`);
    holders += 1;
    assert.equal(holders, 1);
    tokens.push(lock.token);
    await null;
    holders -= 1;
    await lock.release();
  });
  await clock.advanceAsync(10_000);
  await Promise.all(all);
  assert.deepEqual(
    tokens,
    [...tokens].sort((a, b) => Number(a - b)),
  );
  assert.equal(await places(), 0);
});

test('a release wakes only the next one', async (context) => {
  const { clock, line, acquire } = await openStore(context);
  const held = await acquire('a');
  const asked = Array.from({ length: 10 }, (_, i) => acquire(`holder-${i}`));
  await clock.advanceAsync(100);
  let listings = 0;
  const { list } = line;
  line.list = (...call) => {
    listings += 1;
    return list.apply(line, call);
  };
  await held.release();
  await clock.advanceAsync(100);
  assert.equal(listings, 1);
  for (const next of asked) {
    await clock.advanceAsync(100);
    await (await next).release();
  }
});

test('whose place somebody removed never holds', async (context) => {
  const { store, clock, acquire } = await openStore(context);
  const held = await acquire('a');
  const asked = acquire('b');
  const refused = assert.rejects(asked, { code: 'LEASE_LOST' });
  await clock.advanceAsync(100);
  const { entries } = await store.list(KEYS.lock('shop', 'migration'));
  const key = entries.find(({ createRevision }) => createRevision !== held.token)?.key ?? '';
  await store.txn({ if: [], then: [{ type: 'delete', key }] });
  await held.release();
  await clock.advanceAsync(100);
  await refused;
});

test('before any late timer is called, it is not held any more', async (context) => {
  const { clock, acquire } = await openStore(context);
  const held = await acquire('a');
  clock.lateMs = TTL_MS;
  assert.deepEqual([held.lost.aborted, held.isHeld], [false, false]);
  clock.lateMs = 0;
  await held.release();
});
