// 10,000 probes in flight at once, none of which may fail. The targets answer when all are there.

import { AGENT_NODE_FLAGS } from '@holdfast/probing/node-flags';
import type { BenchOptions } from '../../bench.ts';
import { Child } from '../../child-process.ts';
import { exactly, type Row, rowOf } from '../../report.ts';
import type { CrowdRunAnswer, CrowdRunQuestion } from '../crowd-process.ts';
import type { CrowdAnswer, CrowdQuestion } from '../crowd-target-process.ts';

const CROWD = 10_000;
const CROWD_QUICK = 500;
/** So many connections to one address leave its backlog alone. */
const ADDRESSES = 200;

export async function benchCrowd({ quick, progress }: BenchOptions): Promise<Row[]> {
  const crowd = quick ? CROWD_QUICK : CROWD;
  progress(`${crowd} probes in flight`);
  const target = new Child<CrowdQuestion, CrowdAnswer>(
    import.meta.resolve('../crowd-target-process.ts'),
    ['the targets of the crowd'],
  );
  const prober = new Child<CrowdRunQuestion, CrowdRunAnswer>(
    import.meta.resolve('../crowd-process.ts'),
    ['the crowd'],
    AGENT_NODE_FLAGS,
  );
  try {
    const { endpoints } = await target.ask({ addresses: ADDRESSES, crowd });
    const { failed, failure, residentMegabytes } = await prober.ask({ endpoints, crowd });
    const metric = `failures of ${crowd.toLocaleString('en-US')} probes in flight at once`;
    return [
      rowOf({
        metric: failure === undefined ? metric : `${metric} (${failure})`,
        unit: 'probes',
        ours: exactly(failed),
        goal: { of: 'ours', op: '<=', value: 0 },
      }),
      rowOf({
        metric: 'memory of the process then',
        unit: 'MB',
        ours: exactly(residentMegabytes),
        goal: { of: 'ours', op: '<=', value: 600 },
      }),
    ];
  } finally {
    await Promise.all([prober.close(), target.close()]);
  }
}
