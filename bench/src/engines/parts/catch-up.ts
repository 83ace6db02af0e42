// Many mirrors that lost the store while it was compacted: they must read everything again, and find that
// nothing changed, without publishing a single new snapshot.

import { openEtcdCoordination } from '@holdfast/engines/etcd';
import { KEYS } from '@holdfast/engines/keys';
import { startEtcdCluster, startFaultProxy } from '@holdfast/engines/testing';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { BenchOptions } from '../../bench.ts';
import { Child } from '../../child-process.ts';
import { exactly, type Goal, type Row, rowOf } from '../../report.ts';
import type { ManyAnswer, ManyQuestion } from '../many-mirrors-process.ts';
import { putChecks } from '../mirrored-checks.ts';

const KEY_COUNT = 10_000;
const MIRRORS = 100;
const MIRRORS_QUICK = 10;
const ELSEWHERE = KEYS.configuration('bench', 'elsewhere');
const SECONDS_MAX = 30;
const CPU_MS_MAX = 100;

export async function benchCatchUp({ quick, progress }: BenchOptions): Promise<Row[]> {
  const count = quick ? MIRRORS_QUICK : MIRRORS;
  const cluster = await startEtcdCluster();
  const [endpoint = ''] = cluster.endpoints;
  const line = await startFaultProxy(endpoint);
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  const store = await openEtcdCoordination({ ...parts, endpoints: [endpoint] });
  const many = new Child<ManyQuestion, ManyAnswer>(
    import.meta.resolve('../many-mirrors-process.ts'),
    ['the mirrors'],
  );
  try {
    await putChecks(store, KEY_COUNT);
    progress(`catch-up: ${count} mirrors of ${KEY_COUNT} keys begin`);
    await many.ask({ open: [`http://${line.address}`], mirrors: count });
    await many.ask({ begin: 'counting' });
    line.refuse();
    line.reset();
    const put = { type: 'put', key: ELSEWHERE, value: Buffer.from('') } as const;
    await store.txn({ if: [], then: [put] });
    const { revision } = await store.txn({ if: [], then: [put] });
    await store.compact(revision);
    progress('catch-up: they come back');
    const beganMs = performance.now();
    await line.heal();
    const answer = await many.ask({ begin: 'converging' });
    return rowsOf(count, (performance.now() - beganMs) / 1_000, answer);
  } finally {
    await many.close();
    await store.close();
    await line.close();
    await cluster.close();
  }
}

function rowsOf(count: number, seconds: number, answer: ManyAnswer): Row[] {
  const { snapshots, items, cpuMs } = answer;
  if (items !== KEY_COUNT) throw new Error(`A mirror holds ${items} of ${KEY_COUNT} keys.`);
  const name = `${count} mirrors, compacted`;
  const row = (metric: string, unit: string, ours: number, value: number) => {
    const goal: Goal = { of: 'ours', op: '<=', value };
    return rowOf({ metric, unit, goal, ours: exactly(ours) });
  };
  return [
    row(`${name}, swapped`, 'snapshots', snapshots, 0),
    row(`${name}, all are back`, 's', seconds, SECONDS_MAX),
    row(`${name}, CPU of each`, 'ms', cpuMs / count, CPU_MS_MAX),
  ];
}
