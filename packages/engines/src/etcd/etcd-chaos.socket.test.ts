import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isHoldfastError, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { WatchItem } from '../coordination/coordination.ts';
import { always, isCode, put } from '../coordination/opened.conformance.ts';
import { type EtcdNode, startEtcdCluster } from '../testing/etcd-cluster.ts';
import { type EtcdCoordination, type EtcdOptions, openEtcdCoordination } from './open-etcd.ts';

/** A minute of it by HOLDFAST_CHAOS_SECONDS=60. */
const CHAOS_MS = Number(process.env.HOLDFAST_CHAOS_SECONDS ?? 4.5) * 1_000;
const WRITERS = 4;
const SETTLE_MS = 15_000;
/** For a call that only one member could answer. */
const ONE_MEMBER_MS = 1_500;

const cluster = await startEtcdCluster({ nodes: 3 });
after(() => cluster.close());

function open(
  endpoints = cluster.endpoints,
  options: Partial<EtcdOptions> = {},
): Promise<EtcdCoordination> {
  return openEtcdCoordination({
    ...options,
    endpoints,
    clock: systemClock,
    chance: systemChance,
    logger: silentLogger,
  });
}

/** What a caller does with a watch that broke: on from where it was. */
async function follow(
  coordination: EtcdCoordination,
  prefix: string,
  from: bigint,
  items: WatchItem[],
  signal: AbortSignal,
): Promise<void> {
  let next = from;
  while (!signal.aborted) {
    try {
      for await (const item of coordination.watch(prefix, next, signal)) {
        if (item.changes.length === 0) continue;
        items.push(item);
        next = item.revision + 1n;
      }
    } catch (error) {
      assert.ok(isHoldfastError(error) && error.code === 'COORDINATION_FAILED', String(error));
    }
  }
}

async function breakThings(untilMs: number): Promise<string[]> {
  const done: string[] = [];
  for (let turn = 0; performance.now() < untilMs; turn += 1) {
    const leader = await cluster.leader();
    if (turn % 3 === 0) done.push(`moved to ${(await cluster.moveLeader()).name}`);
    else if (turn % 3 === 1) {
      await leader.restart();
      done.push(`killed ${leader.name}`);
    } else {
      leader.stop();
      await pause(1_200);
      leader.continue();
      done.push(`stopped ${leader.name}`);
    }
    await pause(500);
  }
  return done;
}

test('nothing is lost, told twice or told out of order while leaders fall', async (context) => {
  const [writing, watching] = [await open(), await open()];
  const prefix = '/chaos/';
  const { revision } = await writing.list(prefix);
  const items: WatchItem[] = [];
  const ended = new AbortController();
  const following = follow(watching, prefix, revision + 1n, items, ended.signal);
  const untilMs = performance.now() + CHAOS_MS;
  const acknowledged = new Map<string, bigint>();
  let unknown = 0;
  const write = async (writer: number) => {
    for (let number = 0; performance.now() < untilMs; number += 1) {
      // Two keys of one transaction: whoever sees one of them alone saw half of it.
      const word = `${writer}:${number}`;
      const both = [put(`${prefix}${writer}/a`, word), put(`${prefix}${writer}/b`, word)];
      try {
        acknowledged.set(word, (await writing.txn(always(...both))).revision);
      } catch (error) {
        assert.ok(isHoldfastError(error) && error.code === 'COORDINATION_FAILED', String(error));
        unknown += 1;
      }
    }
  };
  const [done] = await Promise.all([
    breakThings(untilMs),
    ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
  ]);
  const { revision: last } = await writing.list(prefix);
  await writing.txn(always(put(`${prefix}end`)));
  const settledMs = performance.now() + SETTLE_MS;
  while ((items.at(-1)?.revision ?? 0n) <= last && performance.now() < settledMs) await pause(20);
  ended.abort();
  await following;
  context.diagnostic(`${acknowledged.size} acknowledged, ${unknown} unknown; ${done.join(', ')}`);
  assertTold(items.slice(0, -1), acknowledged, unknown);
  await Promise.all([writing.close(), watching.close()]);
});

function assertTold(
  items: readonly WatchItem[],
  acknowledged: ReadonlyMap<string, bigint>,
  unknown: number,
): void {
  const told = new Map<string, bigint>();
  let before = 0n;
  for (const { revision, changes } of items) {
    assert.ok(revision > before, `${revision} after ${before}`);
    before = revision;
    const words = changes.map((change) =>
      change.type === 'put' ? new TextDecoder().decode(change.entry.value) : '',
    );
    assert.equal(words.length, 2, 'whole transactions');
    assert.equal(words[0], words[1]);
    assert.ok(!told.has(words[0] ?? ''), `${words[0]} was done twice`);
    told.set(words[0] ?? '', revision);
  }
  assert.ok(acknowledged.size > 20, `only ${acknowledged.size} writes`);
  for (const [word, revision] of acknowledged) assert.equal(told.get(word), revision, word);
  assert.ok(told.size - acknowledged.size <= unknown);
}

test('a member that stands still is left in time, by calls and by watches', async () => {
  const [first, ...others] = cluster.nodes as [EtcdNode, ...EtcdNode[]];
  const coordination = await open([first.endpoint], { timeoutMs: ONE_MEMBER_MS });
  const both = await openEtcdCoordination({
    endpoints: [first.endpoint, ...others.map(({ endpoint }) => endpoint)],
    clock: systemClock,
    // The first connection goes to the first endpoint.
    chance: { next: () => 0, integer: () => 0 },
    logger: silentLogger,
  });
  const { revision } = await both.list('/still/');
  const ended = new AbortController();
  const items: WatchItem[] = [];
  const following = follow(both, '/still/', revision + 1n, items, ended.signal);
  await both.txn(always(put('/still/a')));
  while (items.length < 1) await pause(10);
  first.stop();
  try {
    const startedMs = performance.now();
    assert.equal((await both.get('/still/a'))?.key, '/still/a');
    assert.ok(performance.now() - startedMs < 5_000, 'another member answered');
    const askedMs = performance.now();
    await assert.rejects(coordination.get('/still/a'), isCode('COORDINATION_FAILED'));
    assert.ok(performance.now() - askedMs < ONE_MEMBER_MS + 1_000, 'a call ends within its time');
    await both.txn(always(put('/still/b')));
    const untilMs = performance.now() + 8_000;
    while (items.length < 2 && performance.now() < untilMs) await pause(20);
    assert.equal(items.length, 2, 'the watch went on over another member');
    const { members, warnings } = await both.facts();
    assert.equal(members.length, 3);
    assert.equal(members.filter(({ leader }) => leader).length, 1);
    assert.ok(warnings.includes(`${first.endpoint} does not answer.`));
    assert.ok(warnings.some((text) => text.startsWith('etcd 3.')));
  } finally {
    first.continue();
  }
  ended.abort();
  await following;
  await Promise.all([coordination.close(), both.close()]);
});

test('a lease lives through leader changes, and through a restart of all members', async () => {
  const coordination = await open();
  const lease = await coordination.lease(4_000);
  await coordination.txn(always(put('/leased/a', 'x', lease.id)));
  for (let turn = 0; turn < 3; turn += 1) {
    await cluster.moveLeader();
    await pause(300);
  }
  const beforeMs = systemClock.nowMs();
  await Promise.all(cluster.nodes.map((node) => node.restart()));
  const untilMs = performance.now() + 10_000;
  while (lease.renewedAtMs < beforeMs && performance.now() < untilMs) await pause(20);
  assert.ok(lease.renewedAtMs >= beforeMs, 'renewed after the restart');
  assert.equal(lease.lost.aborted, false);
  assert.equal((await coordination.get('/leased/a'))?.lease, lease.id);
  await lease.release();
  assert.equal(await coordination.get('/leased/a'), undefined);
  await coordination.close();
});

test('a wiped cluster is another one, though etcd gives it the same id', async () => {
  const coordination = await open();
  await coordination.txn(always(put('/wiped/a')));
  const before = await coordination.list('/wiped/');
  await cluster.wipe();
  const afterwards = await coordination.list('/wiped/');
  assert.deepEqual(afterwards.entries, []);
  assert.notEqual(afterwards.cluster, before.cluster);
  assert.equal(afterwards.cluster.split('-')[0], before.cluster.split('-')[0]);
  const ended = new AbortController();
  await coordination.txn(always(put('/wiped/b')));
  for await (const item of coordination.watch('/wiped/', 1n, ended.signal)) {
    assert.equal(item.cluster, afterwards.cluster);
    break;
  }
  await coordination.close();
});
