// The embedded store beside etcd with one node, both in processes of their own and under the same load. In
// memory it is set against etcd in memory; on disk each group of writes waits for the disk, which is
// told beside it.

import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEtcdCluster } from '@holdfast/engines/testing';
import type { BenchOptions } from '../../bench.ts';
import { exactly, type Figure, type Row, rowOf } from '../../report.ts';
import { EFFORT, LoadRounds, QUICK_EFFORT } from '../load-rounds.ts';

const CONCURRENCY = 128;
const MANY_WRITERS = 1_000;
const ETCD = 'etcd, one node';
const FLOOR = 'bare fdatasync';
const FLOOR_WRITES = 200;
const FLOOR_WRITES_QUICK = 20;
/** About one transaction in the journal. */
const FLOOR_BYTES = 400;

export async function benchEmbedded({ quick, progress }: BenchOptions): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const cluster = await startEtcdCluster();
  const [endpoint = ''] = cluster.endpoints;
  const rounds = new LoadRounds(
    [
      { kind: 'memory', place: '' },
      { kind: 'folder', place: join(folder, 'journal') },
      { kind: 'etcd', place: endpoint },
    ],
    quick ? QUICK_EFFORT : EFFORT,
  );
  try {
    progress('embedded: transactions');
    const writes = await rounds.load({ operation: 'write', concurrency: CONCURRENCY });
    progress('embedded: reads');
    const gets = await rounds.load({ operation: 'get', concurrency: CONCURRENCY });
    progress(`embedded: ${MANY_WRITERS} writers on disk`);
    const [, many] = await rounds.load({ operation: 'write', concurrency: MANY_WRITERS });
    const [memory, disk, etcd] = writes;
    const [memoryGets, , etcdGets] = gets;
    if (!memory || !disk || !etcd || !memoryGets || !etcdGets || !many)
      throw new Error('A store was not measured.');
    const floor = exactly(await syncsPerS(folder, quick ? FLOOR_WRITES_QUICK : FLOOR_WRITES));
    const at = `${CONCURRENCY} writers`;
    return [
      rateRow(`embedded in memory, writes, ${at}`, memory.perS, ETCD, etcd.perS, 5),
      cpuRow('embedded in memory, CPU of a write', memory.cpuUs, etcd.cpuUs),
      rateRow('embedded, reads', memoryGets.perS, ETCD, etcdGets.perS, 5),
      cpuRow('embedded, CPU of a read', memoryGets.cpuUs, etcdGets.cpuUs),
      rateRow(`embedded with journal, ${at}`, disk.perS, FLOOR, floor, 10),
      rateRow(
        `embedded with journal, ${MANY_WRITERS.toLocaleString('en-US')} writers`,
        many.perS,
        FLOOR,
        floor,
        25,
      ),
    ];
  } finally {
    await rounds.close();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function rateRow(
  metric: string,
  ours: Figure,
  against: string,
  theirs: Figure,
  value: number,
): Row {
  return rowOf({
    metric,
    unit: '/s',
    ours,
    against,
    theirs,
    goal: { of: 'ratio', op: '>=', value },
  });
}

/** Of our process alone: etcd's own comes on top of theirs. */
function cpuRow(metric: string, ours: Figure, theirs: Figure): Row {
  const goal = { of: 'ratio', op: '<=', value: 1 } as const;
  return rowOf({ metric, unit: 'µs', ours, against: 'our client of etcd', theirs, goal });
}

/** One write and one fdatasync after another: what a store without group commit could reach here. */
async function syncsPerS(folder: string, writes: number): Promise<number> {
  const file = await open(join(folder, 'floor'), 'w');
  const bytes = new Uint8Array(FLOOR_BYTES);
  const beganMs = performance.now();
  for (let index = 0; index < writes; index += 1) {
    await file.write(bytes, 0, FLOOR_BYTES, index * FLOOR_BYTES);
    await file.datasync();
  }
  const wallMs = performance.now() - beganMs;
  await file.close();
  return (writes / wallMs) * 1_000;
}
