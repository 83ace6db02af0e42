// How late runs begin when a thousand are due each second, for a minute, beside a process whose timers
// do nothing: both at the same time, so that what the machine does falls on both alike.

import { quantileOf } from '@holdfast/kernel';
import type { BenchOptions } from '../../bench.ts';
import { Child } from '../../child-process.ts';
import { exactly, type Row, rowOf } from '../../report.ts';
import type { Targets } from '../../targets.ts';
import { passes, type Watched, watchAgent } from '../agent-watch.ts';
import { benchCheck, httpSpec } from '../checks.ts';
import type { TimerAnswer, TimerQuestion } from '../timer-process.ts';

const RUNS_PER_S = 1_000;
const RUNS_PER_S_QUICK = 200;
const SECONDS = 60;
const SECONDS_QUICK = 3;
const WARM_UP_MS = 10_000;
const WARM_UP_QUICK_MS = 2_000;
/** Results cross to us a few times a second. */
const HAND_IN_MS = 1_000;

export async function benchLateness(
  { quick, progress }: BenchOptions,
  { http }: Targets,
): Promise<Row[]> {
  const perS = quick ? RUNS_PER_S_QUICK : RUNS_PER_S;
  const seconds = quick ? SECONDS_QUICK : SECONDS;
  const checks = Array.from({ length: perS }, (_, at) => {
    const endpoint = http[at % http.length];
    if (endpoint === undefined) throw new Error('The targets have no endpoint.');
    return benchCheck(`check-${at}`, httpSpec('http', endpoint), {
      intervalMs: 1_000,
      timeoutMs: 1_000,
    });
  });
  progress(`lateness: warming up`);
  const control = new Child<TimerQuestion, TimerAnswer>(
    import.meta.resolve('../timer-process.ts'),
    ['the control timers'],
  );
  const agent = await watchAgent(checks);
  try {
    await passes(quick ? WARM_UP_QUICK_MS : WARM_UP_MS);
    progress(`lateness: ${perS} checks/s for ${seconds} s`);
    agent.begin();
    const { lagsMs } = await control.ask({ timersPerS: perS, seconds });
    await passes(HAND_IN_MS);
    return latenessRows(agent.seen(), lagsMs, `${perS.toLocaleString('en-US')} checks/s`);
  } finally {
    await Promise.all([agent.close(), control.close()]);
  }
}

function latenessRows(seen: Watched, controlMs: number[], load: string): Row[] {
  const ours = seen.lagsMs.sort((a, b) => a - b);
  const theirs = controlMs.sort((a, b) => a - b);
  const beyond = (q: number) => (quantileOf(ours, q) ?? 0) - (quantileOf(theirs, q) ?? 0);
  const row = (metric: string, unit: string, value: number, limit: number) =>
    rowOf({
      metric,
      unit,
      ours: exactly(Math.max(0, value)),
      goal: { of: 'ours', op: '<=', value: limit },
    });
  const bad = Object.entries(seen.statuses).filter(([status]) => status !== 'up');
  return [
    row(`lateness p99 at ${load}, beyond bare timers`, 'ms', beyond(0.99), 5),
    row(`lateness max at ${load}, beyond bare timers`, 'ms', beyond(1), 50),
    row(`runs missed of ${ours.length.toLocaleString('en-US')}`, 'runs', seen.missed, 0),
    row(
      'runs not up',
      'runs',
      bad.reduce((sum, [, count]) => sum + count, 0),
      0,
    ),
  ];
}
