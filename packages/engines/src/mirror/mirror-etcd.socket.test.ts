import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { seededChance, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { Transaction } from '../coordination/coordination.ts';
import { type EtcdCoordination, openEtcdCoordination } from '../etcd/open-etcd.ts';
import { startEtcdCluster } from '../testing/etcd-cluster.ts';
import { type FaultProxy, startFaultProxy } from '../testing/fault-proxy.ts';
import { type Mirror, openMirror } from './mirror.ts';

/** A minute of it by HOLDFAST_CHAOS_SECONDS=60. */
const CHAOS_MS = Number(process.env.HOLDFAST_CHAOS_SECONDS ?? 4) * 1_000;
/** Silence is noticed after 12.5 s; longer than that and a backoff. */
const QUIET_MS = 25_000;
const PREFIX = '/mirrored/';
const PAIRS = 20;

const cluster = await startEtcdCluster({ nodes: 3 });
const proxies = await Promise.all(cluster.endpoints.map((endpoint) => startFaultProxy(endpoint)));
after(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await cluster.close();
});

function open(endpoints: readonly string[]): Promise<EtcdCoordination> {
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  return openEtcdCoordination({ ...parts, endpoints });
}

interface Watched {
  mirror: Mirror<string>;
  /** What no reader may ever see. */
  faults: string[];
}

function watched(coordination: EtcdCoordination): Watched {
  const faults: string[] = [];
  const mirror = openMirror({
    coordination,
    prefix: PREFIX,
    decode: ({ value }) => Buffer.from(value).toString(),
    clock: systemClock,
    chance: systemChance,
    logger: silentLogger,
    onChange: ({ snapshot, previous }) => {
      if (previous?.cluster === snapshot.cluster && previous.revision >= snapshot.revision)
        faults.push(`${snapshot.revision} after ${previous.revision}`);
      for (let pair = 0; pair < PAIRS; pair += 1) {
        const [left, right] = [`${PREFIX}${pair}/left`, `${PREFIX}${pair}/right`];
        if (snapshot.get(left)?.modRevision !== snapshot.get(right)?.modRevision)
          faults.push(`half a transaction at ${snapshot.revision}`);
      }
    },
  });
  return { mirror, faults };
}

/** Two keys of one transaction, put or deleted together. */
function pairWrite(pair: number, text: string | undefined): Transaction {
  const operations = ['left', 'right'].map((side) => {
    const key = `${PREFIX}${pair}/${side}`;
    if (text === undefined) return { type: 'delete', key } as const;
    return { type: 'put', key, value: Buffer.from(text) } as const;
  });
  return { if: [], then: operations };
}

async function breakThings(untilMs: number, compact: () => Promise<void>): Promise<void> {
  const chance = seededChance(3);
  while (performance.now() < untilMs) {
    const happening = chance.integer(5);
    const proxy = proxies[chance.integer(proxies.length)] as FaultProxy;
    if (happening === 0) await cluster.moveLeader();
    if (happening === 1) await (await cluster.leader()).restart();
    if (happening === 2) proxy.reset();
    if (happening === 3) proxy.blackHole();
    if (happening === 4) await compact();
    await pause(300);
    if (happening === 3) await proxy.heal();
  }
}

test('mirrors of three nodes see whole transactions only, and the store itself in the end', async (context) => {
  const writer = await open(cluster.endpoints);
  const readers = await Promise.all(
    [proxies, proxies.slice(0, 1), proxies.slice(2)].map((some) =>
      open(some.map(({ address }) => `http://${address}`)),
    ),
  );
  const views = readers.map(watched);
  context.after(async () => {
    await Promise.all(views.map(({ mirror }) => mirror.close()));
    await Promise.all([writer, ...readers].map((one) => one.close()));
  });
  await Promise.all(views.map(({ mirror }) => mirror.ready));
  const untilMs = performance.now() + CHAOS_MS;
  const compact = async () => cluster.compact((await writer.list(PREFIX)).revision);
  const breaking = breakThings(untilMs, () => compact().catch(() => {}));
  let written = 0;
  for (let i = 0; performance.now() < untilMs; i += 1) {
    const text = i % 7 === 0 ? undefined : String(i);
    const answer = await writer.txn(pairWrite(i % PAIRS, text)).catch(() => undefined);
    if (answer !== undefined) written += 1;
  }
  await breaking;
  await writer.txn(pairWrite(0, 'the last'));
  await Promise.all(proxies.map((proxy) => proxy.heal()));
  await converged(views, writer);
  for (const { faults } of views) assert.deepEqual(faults, []);
  context.diagnostic(`${written} transactions, ${views.map(toldOf).join('; ')}`);
});

test('a wiped cluster replaces everything', async (context) => {
  const writer = await open(cluster.endpoints);
  const reader = await open(cluster.endpoints);
  const view = watched(reader);
  context.after(async () => {
    await view.mirror.close();
    await Promise.all([writer.close(), reader.close()]);
  });
  for (let i = 0; i < 30; i += 1) await writer.txn(pairWrite(1, String(i)));
  await view.mirror.ready;
  await cluster.wipe();
  const fresh = await open(cluster.endpoints);
  context.after(() => fresh.close());
  await fresh.txn(pairWrite(5, 'new'));
  await converged([view], fresh);
  assert.deepEqual(
    [...(view.mirror.current ?? [])].map(({ key }) => key),
    [`${PREFIX}5/left`, `${PREFIX}5/right`],
  );
});

async function converged(views: readonly Watched[], store: EtcdCoordination): Promise<void> {
  const { entries, cluster: name } = await store.list(PREFIX);
  const expected = entries.map(({ key, modRevision }) => `${key}@${modRevision}`);
  const deadlineMs = performance.now() + QUIET_MS;
  const texts = () =>
    views.map(({ mirror: { current } }) => [
      current?.cluster,
      ...[...(current ?? [])].map((item) => `${item.key}@${item.modRevision}`),
    ]);
  const wanted = [name, ...expected.sort()];
  const isEqual = () => texts().every((text) => text.join() === wanted.join());
  while (!isEqual() && performance.now() < deadlineMs) await pause(20);
  for (const text of texts()) assert.deepEqual(text, wanted);
  assert.equal(new Set(views.map(({ mirror }) => mirror.current?.digest)).size, 1);
}

function toldOf({ mirror }: Watched): string {
  const { breaks, listings } = mirror.status();
  return `${breaks} breaks and ${listings} listings`;
}
