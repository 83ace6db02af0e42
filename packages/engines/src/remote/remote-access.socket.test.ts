import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHoldfastError, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { WatchItem } from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import { always, isCode, put, watched } from '../coordination/opened.conformance.ts';
import { openRemoteCoordination } from './remote-coordination.ts';
import { sampleFleet, WATCHES_PER_HOLDER_MAX } from './sample-fleet.ts';

const color = KEYS.configuration('shop', 'color');

function firstOf(watch: AsyncIterable<WatchItem>): Promise<IteratorResult<WatchItem>> {
  return watch[Symbol.asyncIterator]().next();
}

test('a wrong token is told, and never shown', async (context) => {
  const { servers, join } = await sampleFleet(context, 1);
  for (const token of ['hf_wrong_token', undefined]) {
    const client = openRemoteCoordination({
      servers: servers.map(({ url }) => url),
      ...(token !== undefined && { token }),
      clock: systemClock,
      chance: systemChance,
      logger: silentLogger,
    });
    context.after(() => client.close());
    const watch = () => firstOf(client.watch(color, 1n, new AbortController().signal));
    for (const call of [() => client.get(color), () => client.lease(2_000), watch])
      await assert.rejects(call, (error) => {
        assert.ok(isCode('UNAUTHORIZED')(error));
        assert.ok(isHoldfastError(error) && !`${error.message}${error.cure}`.includes('hf_wrong'));
        return true;
      });
  }
  assert.equal((await join('shop').facts()).engine, 'remote');
});

test('what lies outside of the scope is refused, whichever way it is asked', async (context) => {
  const { engine, join } = await sampleFleet(context, 1);
  const [bank, reader] = [join('bank'), join('reader')];
  await engine.txn(always(put(color, 'red')));
  const { signal } = new AbortController();
  const get = { type: 'get', key: color } as const;
  const forbidden = [
    () => bank.get(color),
    () => bank.list(KEYS.configurations('shop')),
    () => bank.list(KEYS.root),
    () => bank.list(''),
    () => firstOf(bank.watch(KEYS.configurations('shop'), 1n, signal)),
    () => bank.txn(always(get)),
    () => bank.txn({ ...always(), else: [get] }),
    () => bank.txn({ ...always(), if: [{ key: color, createRevision: 0n }] }),
    () => reader.txn(always(put(color, 'blue'))),
    () => reader.txn(always({ type: 'delete', key: color })),
    () => join('all').get(KEYS.secret('leases')),
    () => join('all').txn(always(put(KEYS.secret('leases')))),
    () => join('all').list(KEYS.root),
  ];
  for (const call of forbidden) await assert.rejects(call, isCode('FORBIDDEN'), String(call));
  assert.equal(Buffer.from((await reader.get(color))?.value ?? []).toString(), 'red');
  assert.deepEqual((await join('shop').facts()).members, []);
});

test('an agent sees its own assignment and not that of a namesake', async (context) => {
  const { engine, join } = await sampleFleet(context, 1);
  const [own, other] = [KEYS.assignment('a1'), KEYS.assignment('a10')];
  const { revision } = await engine.txn(always(put(own), put(other)));
  const last = await engine.txn(always(put(own, 'again'), put(other, 'again')));
  const agent = join('agent');
  const { entries } = await agent.list(own);
  assert.deepEqual(
    entries.map((entry) => entry.key),
    [own],
  );
  const items = await watched(agent, own, revision, 2);
  assert.deepEqual(
    items.map((item) => [item.revision, item.changes.length]),
    [
      [revision, 1],
      [last.revision, 1],
    ],
  );
  const lease = await agent.lease(2_000);
  const key = KEYS.agent('fra', 'a1');
  await agent.txn(always(put(key, 'here', lease.id)));
  await lease.release();
  assert.equal(await engine.get(key), undefined);
});

test('a lease is of use to whom it was granted, and to nobody else', async (context) => {
  const { engine, join } = await sampleFleet(context, 2);
  const [shop, sibling, bank] = [join('shop'), join('shop'), join('bank')];
  const { id } = await shop.leases.grant(60_000);
  const key = KEYS.configuration('bank', 'x');
  for (const client of [bank, sibling]) {
    await assert.rejects(client.leases.renew(id), isCode('LEASE_LOST'));
    await assert.rejects(client.leases.release(id), isCode('LEASE_LOST'));
  }
  await assert.rejects(bank.txn(always(put(key, 'x', id))), isCode('LEASE_LOST'));
  await shop.txn(always(put(color, 'x', id)));
  assert.equal((await shop.leases.renew(id)).ttlMs, 60_000);
  await shop.leases.release(id);
  assert.equal(await engine.get(color), undefined);
  await assert.rejects(shop.leases.renew(id), isCode('LEASE_LOST'));
});

test('watches of one caller have a bound, and make room when they end', async (context) => {
  const { join } = await sampleFleet(context, 1);
  const shop = join('shop', { callTimeoutMs: 300 });
  const prefix = KEYS.configurations('shop');
  const ends = Array.from({ length: WATCHES_PER_HOLDER_MAX }, () => new AbortController());
  const open = ends.map(({ signal }) => firstOf(shop.watch(prefix, 1n, signal)));
  await shop.txn(always(put(color)));
  await Promise.all(open);
  const { signal } = new AbortController();
  const refused = firstOf(shop.watch(prefix, 1n, signal));
  await assert.rejects(refused, isCode('COORDINATION_FAILED'));
  await join('bank').txn(always(put(KEYS.configuration('bank', 'x'))));
  assert.equal((await watched(join('bank'), KEYS.configurations('bank'), 1n, 1)).length, 1);
  ends[0]?.abort();
  assert.equal((await watched(join('shop'), prefix, 1n, 1)).length, 1);
});
