// What a mirror costs: a put into a view of many keys, many mirrors after a compaction, and the time
// from a put to its being applied over a real etcd, each put paired with a raw watch of the same key.
// Run: node packages/engines/src/mirror/mirror.bench.ts [puts]

import { seededChance, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { Entry, Operation, Transaction } from '../coordination/coordination.ts';
import { openEmbeddedCoordination } from '../embedded/open-embedded.ts';
import { type EtcdCoordination, openEtcdCoordination } from '../etcd/open-etcd.ts';
import { startEtcdCluster } from '../testing/etcd-cluster.ts';
import { openMirror } from './mirror.ts';
import { afterTransaction, fromListing } from './revise.ts';
import { FaultyCoordination } from './simulation/faulty-coordination.ts';

const PUTS = Number(process.argv[2] ?? 2_000);
const KEYS = 10_000;
const MIRRORS = 100;
const APPLIED = 20_000;
const PREFIX = '/checks/';
const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
const decode = ({ value }: Entry): unknown => JSON.parse(Buffer.from(value).toString());
const keyOf = (number: number) => `${PREFIX}check-${number}`;
const textOf = (number: number) =>
  Buffer.from(JSON.stringify({ target: `https://shop-${number}.example/`, intervalMs: 30_000 }));

function writes(...operations: Operation[]): Transaction {
  return { if: [], then: operations };
}

function put(number: number): Operation {
  return { type: 'put', key: keyOf(number), value: textOf(number) };
}

function told(metric: string, values: number[], unit: string): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => (sorted[Math.floor(q * (sorted.length - 1))] ?? 0).toFixed(3);
  console.log(`${metric}: p50 ${at(0.5)} ${unit}, p99 ${at(0.99)} ${unit}`);
}

function applyAlone(): void {
  const chance = seededChance(1);
  const entryOf = (number: number, revision: number): Entry => ({
    key: keyOf(number),
    value: textOf(number),
    createRevision: BigInt(number + 1),
    modRevision: BigInt(revision),
  });
  const entries = Array.from({ length: KEYS }, (_, i) => entryOf(i, i + 1));
  const listing = { entries, revision: BigInt(KEYS), cluster: 'bench' };
  const begunMs = performance.now();
  let { view } = fromListing(undefined, listing, decode);
  console.log(`first view of ${KEYS} keys: ${(performance.now() - begunMs).toFixed(1)} ms`);
  const spentUs: number[] = [];
  for (let revision = KEYS + 1; revision <= KEYS + APPLIED; revision += 1) {
    const entry = entryOf(chance.integer(KEYS), revision);
    const item = {
      cluster: 'bench',
      revision: entry.modRevision,
      changes: [{ type: 'put', entry } as const],
    };
    const atMs = performance.now();
    ({ view } = afterTransaction(view, item, decode));
    spentUs.push((performance.now() - atMs) * 1_000);
  }
  told(`a put into a view of ${KEYS} keys`, spentUs, 'µs');
}

async function afterCompaction(): Promise<void> {
  const store = await openEmbeddedCoordination(parts);
  for (let i = 0; i < KEYS; i += 100)
    await store.txn(writes(...Array.from({ length: 100 }, (_, j) => put(i + j))));
  const line = new FaultyCoordination(store, systemClock, systemChance);
  const options = { ...parts, coordination: line, prefix: PREFIX, decode };
  const beforeReadyMs = performance.now();
  const mirrors = Array.from({ length: MIRRORS }, () => openMirror(options));
  await Promise.all(mirrors.map(({ ready }) => ready));
  const readyMs = performance.now() - beforeReadyMs;
  const before = mirrors.map(({ current }) => current);
  for (let i = 0; i < 3; i += 1)
    await store.txn(writes({ type: 'put', key: '/elsewhere', value: Buffer.from('') }));
  await store.compact((await store.list('/elsewhere')).revision);
  line.breakStreams();
  const brokenMs = performance.now();
  while (mirrors.some((mirror) => mirror.status().listings < 2))
    await new Promise((resolve) => setTimeout(resolve, 5));
  const tookMs = performance.now() - brokenMs;
  const swapped = mirrors.filter(({ current }, i) => current !== before[i]).length;
  console.log(
    `${MIRRORS} mirrors of ${KEYS} keys: ready in ${readyMs.toFixed(0)} ms, ` +
      `converged ${tookMs.toFixed(0)} ms after a compaction, ${swapped} snapshots swapped`,
  );
  await Promise.all(mirrors.map((mirror) => mirror.close()));
  await line.close();
  await store.close();
}

async function besideRawWatch(): Promise<void> {
  const cluster = await startEtcdCluster({ nodes: 1 });
  const open = () => openEtcdCoordination({ ...parts, endpoints: cluster.endpoints });
  const [writer, raw, mirrored] = [await open(), await open(), await open()];
  for (let i = 0; i < KEYS; i += 100)
    await writer.txn(writes(...Array.from({ length: 100 }, (_, j) => put(i + j))));
  const appliedMs = new Map<bigint, number>();
  const mirror = openMirror({ ...parts, coordination: mirrored, prefix: PREFIX, decode });
  await mirror.ready;
  mirror.subscribe(({ snapshot }) => appliedMs.set(snapshot.revision, performance.now()));
  const rawMs = new Map<bigint, number>();
  const ended = new AbortController();
  const watching = watchRaw(raw, (await raw.list('/none')).revision + 1n, rawMs, ended.signal);
  const putMs = new Map<bigint, number>();
  for (let i = 0; i < PUTS; i += 1) {
    const atMs = performance.now();
    const { revision } = await writer.txn(writes(put(i % KEYS)));
    putMs.set(revision, atMs);
    while (!rawMs.has(revision) || !appliedMs.has(revision))
      await new Promise((resolve) => setImmediate(resolve));
  }
  const since = (times: Map<bigint, number>, sinceMs: Map<bigint, number>) =>
    [...times].flatMap(([revision, ms]) => {
      const fromMs = sinceMs.get(revision);
      return fromMs === undefined ? [] : [ms - fromMs];
    });
  told('etcd put → raw watch', since(rawMs, putMs), 'ms');
  told('etcd put → applied in a mirror', since(appliedMs, putMs), 'ms');
  told('difference per put', since(appliedMs, rawMs), 'ms');
  ended.abort();
  await watching;
  await mirror.close();
  await Promise.all([writer, raw, mirrored].map((one) => one.close()));
  await cluster.close();
}

async function watchRaw(
  coordination: EtcdCoordination,
  from: bigint,
  rawMs: Map<bigint, number>,
  signal: AbortSignal,
): Promise<void> {
  for await (const { revision, changes } of coordination.watch(PREFIX, from, signal))
    if (changes.length > 0) rawMs.set(revision, performance.now());
}

applyAlone();
await afterCompaction();
await besideRawWatch();
