// What it costs to join through a server instead of with credentials of etcd: the same calls over the same
// etcd, once directly and once through a server in a process of its own.

import { startEtcdCluster } from '@holdfast/engines/testing';
import type { BenchOptions } from '../../bench.ts';
import { Child } from '../../child-process.ts';
import type { Figure, Row } from '../../report.ts';
import { rowOf } from '../../report.ts';
import { EFFORT, LoadRounds, QUICK_EFFORT } from '../load-rounds.ts';
import type { ServerAnswer, ServerQuestion } from '../remote-server-process.ts';

const CONCURRENCY = 32;

export async function benchRemote({ quick, progress }: BenchOptions): Promise<Row[]> {
  const cluster = await startEtcdCluster();
  const server = new Child<ServerQuestion, ServerAnswer>(
    import.meta.resolve('../remote-server-process.ts'),
    ['the server before etcd'],
  );
  let rounds: LoadRounds | undefined;
  try {
    const { url } = await server.ask({ endpoints: cluster.endpoints });
    const [endpoint = ''] = cluster.endpoints;
    rounds = new LoadRounds(
      [
        { kind: 'remote', place: url },
        { kind: 'etcd', place: endpoint },
      ],
      quick ? QUICK_EFFORT : EFFORT,
    );
    progress('remote: put and watch');
    const [lag, directLag] = await rounds.watch();
    progress('remote: reads, one at a time');
    const [alone, directAlone] = await rounds.load({ operation: 'get', concurrency: 1 });
    progress(`remote: reads, ${CONCURRENCY} at once`);
    const [many, directMany] = await rounds.load({ operation: 'get', concurrency: CONCURRENCY });
    if (!lag || !directLag || !alone || !directAlone || !many || !directMany)
      throw new Error('A client was not measured.');
    return [
      row('remote get, one at a time, p50', 'ms', alone.p50Ms, directAlone.p50Ms, 3),
      row('remote get, one at a time, CPU', 'µs', alone.cpuUs, directAlone.cpuUs, 2),
      row(`remote get, ${CONCURRENCY} at once, p99`, 'ms', many.p99Ms, directMany.p99Ms, 25),
      row('remote put → watch, p50', 'ms', lag.p50Ms, directLag.p50Ms, 3),
      row('remote put → watch, p99', 'ms', lag.p99Ms, directLag.p99Ms, 3),
    ];
  } finally {
    await rounds?.close();
    await server.close();
    await cluster.close();
  }
}

function row(metric: string, unit: string, ours: Figure, theirs: Figure, value: number): Row {
  const goal = { of: 'ratio', op: '<=', value } as const;
  return rowOf({ metric, unit, ours, against: 'etcd directly', theirs, goal });
}
