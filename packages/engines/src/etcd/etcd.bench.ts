// What the driver costs and gives on this machine: reads, writes and transactions over pools of several
// sizes, with the processor time of our own process per call. Arguments: seconds per row.

import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { always } from '../coordination/opened.conformance.ts';
import { startEtcdCluster } from '../testing/etcd-cluster.ts';
import { type EtcdCoordination, openEtcdCoordination } from './open-etcd.ts';

const SECONDS = Number(process.argv[2] ?? 2);
const KEYS = 1_000;
const VALUE = new Uint8Array(256).fill(65);

const CALLS = {
  get: (coordination: EtcdCoordination, i: number) => coordination.get(`/bench/${i % KEYS}`),
  put: (coordination: EtcdCoordination, i: number) =>
    coordination.txn(always({ type: 'put', key: `/bench/${i % KEYS}`, value: VALUE })),
  'compare and put': (coordination: EtcdCoordination, i: number) =>
    coordination.txn({
      ...always({ type: 'put', key: `/bench/${i % KEYS}`, value: VALUE }),
      if: [{ key: `/bench/absent-${i % KEYS}`, createRevision: 0n }],
      else: [{ type: 'get', key: `/bench/${i % KEYS}` }],
    }),
};

const cluster = await startEtcdCluster();
const { endpoints } = cluster;
const parts = { endpoints, clock: systemClock, chance: systemChance, logger: silentLogger };
try {
  for (const connectionsMax of [1, 4, 16])
    for (const concurrency of [1, 16, 128]) {
      const coordination = await openEtcdCoordination({ ...parts, connectionsMax });
      for (const name of ['put', 'get', 'compare and put'] as const)
        await row(name, coordination, connectionsMax, concurrency);
      await coordination.close();
    }
} finally {
  await cluster.close();
}

async function row(
  name: keyof typeof CALLS,
  coordination: EtcdCoordination,
  connections: number,
  concurrency: number,
): Promise<void> {
  const timesMs: number[] = [];
  const endMs = performance.now() + SECONDS * 1_000;
  const startedMs = performance.now();
  const before = process.cpuUsage();
  let i = 0;
  const worker = async () => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      i += 1;
      await CALLS[name](coordination, i);
      timesMs.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { user, system } = process.cpuUsage(before);
  const tookMs = performance.now() - startedMs;
  timesMs.sort((a, b) => a - b);
  const at = (share: number) => (timesMs[Math.floor(timesMs.length * share)] ?? 0).toFixed(2);
  const perSecond = Math.round((timesMs.length / tookMs) * 1_000);
  const perCallUs = ((user + system) / timesMs.length).toFixed(0);
  process.stdout.write(
    `${name.padEnd(16)} ${connections} connections, ${concurrency} at once: ${perSecond}/s, ` +
      `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, CPU ${perCallUs} us per call\n`,
  );
}
