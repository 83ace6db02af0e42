import assert from 'node:assert/strict';
import { after, describe, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { WATCH_SIGN_MS } from '../coordination/coordination.ts';
import { always, isCode, put, watched } from '../coordination/opened.conformance.ts';
import { startEtcdCluster } from '../testing/etcd-cluster.ts';
import { type FaultProxy, startFaultProxy } from '../testing/fault-proxy.ts';
import { type EtcdCoordination, type EtcdOptions, openEtcdCoordination } from './open-etcd.ts';

const TIMEOUT_MS = 1_500;

const cluster = await startEtcdCluster();
after(() => cluster.close());
const [endpoint = ''] = cluster.endpoints;

function open(options: Partial<EtcdOptions> = {}): Promise<EtcdCoordination> {
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  return openEtcdCoordination({ endpoints: [endpoint], ...parts, ...options });
}

async function proxied(
  context: TestContext,
  options: Partial<EtcdOptions> = {},
): Promise<{ proxy: FaultProxy; coordination: EtcdCoordination }> {
  const proxy = await startFaultProxy(endpoint);
  const endpoints = [`http://${proxy.address}`];
  const coordination = await open({ endpoints, timeoutMs: TIMEOUT_MS, ...options });
  context.after(async () => {
    await coordination.close();
    await proxy.close();
  });
  return { proxy, coordination };
}

async function tookMs(promise: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await promise.catch(() => {});
  return performance.now() - startedMs;
}

// They wait most of their time.
describe('a way that fails', { concurrency: true }, () => {
  test('calls into a black hole end within their time, and work again after it', async (context) => {
    const tried = (['out', 'back'] as const).map(async (direction) => {
      const { proxy, coordination } = await proxied(context);
      await coordination.txn(always(put('/network/a')));
      proxy.blackHole(direction);
      const calls = [
        coordination.get('/network/a'),
        coordination.list('/network/'),
        coordination.txn(always(put('/network/a'))),
      ];
      const startedMs = performance.now();
      await Promise.all(calls.map((call) => assert.rejects(call, isCode('COORDINATION_FAILED'))));
      assert.ok(performance.now() - startedMs < TIMEOUT_MS + 500);
      await proxy.heal();
      assert.equal((await coordination.get('/network/a'))?.key, '/network/a');
    });
    await Promise.all(tried);
  });

  test('an abort ends a call that hangs, at once', async (context) => {
    const { proxy, coordination } = await proxied(context);
    proxy.blackHole();
    const signal = AbortSignal.timeout(50);
    const call = coordination.get('/network/a', signal);
    assert.ok((await tookMs(call)) < 500);
    await assert.rejects(call, (error) => error === signal.reason);
  });

  test('a watch notices the black hole, and its consumer hears of it', async (context) => {
    const { proxy, coordination } = await proxied(context);
    const ended = new AbortController();
    const { revision } = await coordination.list('/network/');
    const watch = coordination.watch('/network/', revision + 1n, ended.signal);
    const items = watch[Symbol.asyncIterator]();
    const first = items.next();
    await coordination.txn(always(put('/network/a')));
    await first;
    proxy.blackHole('back');
    const startedMs = performance.now();
    await assert.rejects(async () => {
      while (!(await items.next()).done);
    }, isCode('COORDINATION_FAILED'));
    assert.ok(performance.now() - startedMs < WATCH_SIGN_MS + 1_500);
  });

  test('a refused endpoint is passed over, also for a transaction', async (context) => {
    const { proxy, coordination } = await proxied(context, { connectionsMax: 3 });
    const dead = await startFaultProxy(endpoint);
    await dead.close();
    const endpoints = [`http://${dead.address}`, `http://${proxy.address}`];
    const both = await open({ endpoints, connectionsMax: 4 });
    for (let i = 0; i < 8; i += 1) await both.txn(always(put(`/network/${i}`)));
    await both.close();
    proxy.refuse();
    proxy.reset();
    assert.ok((await tookMs(coordination.get('/network/a'))) <= TIMEOUT_MS + 200);
    await proxy.heal();
    await coordination.txn(always(put('/network/a')));
  });

  test('a lease whose renewals vanish is lost before etcd lets another one in', async (context) => {
    const tried = (['both', 'back'] as const).map(async (direction) => {
      const { proxy, coordination } = await proxied(context);
      const direct = await open();
      const lease = await coordination.lease(2_000);
      const key = `/network/held-${direction}`;
      const { revision } = await coordination.txn(always(put(key, 'x', lease.id)));
      const lost = new Promise<number>((resolve) =>
        lease.lost.addEventListener('abort', () => resolve(performance.now())),
      );
      proxy.blackHole(direction);
      for await (const { changes } of direct.watch(key, revision + 1n, AbortSignal.timeout(10_000)))
        if (changes.some(({ type }) => type === 'delete')) break;
      const vanishedMs = performance.now();
      assert.ok(lease.lost.aborted, 'lost when its key is gone');
      assert.ok((await lost) < vanishedMs && lease.validUntilMs < vanishedMs);
      await direct.close();
    });
    await Promise.all(tried);
  });
});

test('a deletion at the very revision of a compaction is never passed over', async (context) => {
  const coordination = await open();
  context.after(() => coordination.close());
  const key = '/forgotten/a';
  await coordination.txn(always(put(key)));
  const { revision } = await coordination.txn(always({ type: 'delete', key }));
  await coordination.compact(revision);
  const from = watched(coordination, '/forgotten/', revision, 1);
  await assert.rejects(from, isCode('COMPACTED'));
  const next = watched(coordination, '/forgotten/', revision + 1n, 1);
  const written = await coordination.txn(always(put(key)));
  assert.deepEqual(
    (await next).map((item) => item.revision),
    [written.revision],
  );
});

test('reads of one turn leave together, each with an answer of its own', async (context) => {
  const { proxy, coordination } = await proxied(context);
  for (let i = 0; i < 200; i += 2) await coordination.txn(always(put(`/turn/${i}`, `${i}`)));
  const aborted = AbortSignal.abort(new Error('enough'));
  const odd = assert.rejects(coordination.get('/turn/0', aborted), /enough/);
  const all = await Promise.all(
    Array.from({ length: 300 }, (_, i) => coordination.get(`/turn/${i}`)),
  );
  await odd;
  for (const [i, entry] of all.entries()) {
    const isThere = i < 200 && i % 2 === 0;
    assert.equal(entry?.key, isThere ? `/turn/${i}` : undefined);
    assert.equal(new TextDecoder().decode(entry?.value), isThere ? `${i}` : '');
  }
  proxy.blackHole();
  const leaving = new AbortController();
  const reads = [1, 2].map(() => coordination.get('/turn/0', leaving.signal));
  leaving.abort(new Error('enough'));
  await Promise.all(reads.map((read) => assert.rejects(read, /enough/)));
});

test('long listings come in pages, all at one revision', async () => {
  const PAGES_KEYS = 5_600;
  const coordination = await open();
  const name = (i: number) => `/pages/${String(i).padStart(5, '0')}`;
  for (let i = 0; i < PAGES_KEYS; i += 100)
    await coordination.txn(always(...Array.from({ length: 100 }, (_, j) => put(name(i + j)))));
  const listing = coordination.list('/pages/');
  const meanwhile = coordination.txn(always({ type: 'delete', key: name(5_500) }, put(name(0))));
  const [{ entries, revision }, { revision: changed }] = await Promise.all([listing, meanwhile]);
  const before = revision < changed;
  assert.equal(entries.length, before ? PAGES_KEYS : PAGES_KEYS - 1);
  assert.equal(entries[0]?.modRevision === changed, !before);
  assert.deepEqual(
    entries.map(({ key }) => key),
    entries.map(({ key }) => key).sort(),
  );
  await coordination.close();
});

test('many large values at once are all written', async () => {
  const coordination = await open();
  const value = new Uint8Array(1024 * 1024);
  const writes = Array.from({ length: 20 }, (_, i) =>
    coordination.txn(always({ type: 'put', key: `/large/${i % 4}`, value })),
  );
  assert.ok((await Promise.all(writes)).every(({ done }) => done));
  await coordination.close();
});

test('reads are made again after a reset; a transaction is never made twice', async (context) => {
  const { proxy, coordination } = await proxied(context);
  await coordination.txn(always(put('/network/count', '0')));
  let unknown = 0;
  for (let i = 0; i < 12; i += 1) {
    proxy.delay(15);
    const read = coordination.get('/network/count');
    const write = coordination.txn(always(put('/network/count', String(i)))).catch((error) => {
      assert.ok(isCode('COORDINATION_FAILED')(error), String(error));
      unknown += 1;
    });
    await pause(5 + i);
    proxy.reset();
    assert.equal((await read)?.key, '/network/count');
    await write;
  }
  await proxy.heal();
  assert.ok(unknown > 0, 'some were cut while they were under way');
  const direct = await open();
  const entry = await direct.get('/network/count');
  const { createRevision = 0n, modRevision = 0n } = entry ?? {};
  const told: bigint[] = [];
  for await (const item of direct.watch(
    '/network/count',
    createRevision,
    AbortSignal.timeout(5_000),
  )) {
    if (item.changes.length > 0) told.push(item.revision);
    if (item.revision === modRevision) break;
  }
  assert.ok(told.length <= 13, `${told.length} writes of 13`);
  await direct.close();
});

test('a slow consumer holds back etcd, not memory, and loses nothing', async () => {
  const WRITES = 240;
  const writing = await open();
  const { revision } = await writing.list('/slow/');
  const ended = new AbortController();
  const watch = writing.watch('/slow/', revision + 1n, ended.signal);
  const items = watch[Symbol.asyncIterator]();
  const first = items.next();
  const value = new Uint8Array(256 * 1024).fill(7);
  await writing.txn(always({ type: 'put', key: '/slow/0', value }));
  await first;
  const before = process.memoryUsage();
  for (let i = 1; i < WRITES; i += 1)
    await writing.txn(always({ type: 'put', key: `/slow/${i % 3}`, value }));
  const now = process.memoryUsage();
  const grownBytes = now.external + now.heapUsed - before.external - before.heapUsed;
  assert.ok(grownBytes < 40e6, `${Math.round(grownBytes / 1e6)} MB of ${WRITES / 4} MB`);
  let last = 0n;
  for (let seen = 1; seen < WRITES; ) {
    const { value: item } = await items.next();
    if (item.changes.length === 0) continue;
    assert.ok(item.revision > last);
    last = item.revision;
    seen += 1;
  }
  ended.abort();
  await writing.close();
});
