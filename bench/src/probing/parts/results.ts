// What the result store takes and how soon it answers: the store's own bench, run in a process of its own
// and read from what it prints.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchOptions } from '../../bench.ts';
import { exactly, type Goal, type Row, rowOf } from '../../report.ts';

const PROGRAM = '../../../../packages/engines/src/results/results.bench.ts';
const ROWS = 400_000;
const ROWS_QUICK = 4_000;
const CHECKS = 2_000;
const CHECKS_QUICK = 100;
const RUN_MS_MAX = 300_000;

const QUESTIONS: readonly { metric: string; unit: string; line: RegExp; goal: Goal }[] = [
  {
    metric: 'full results appended',
    unit: '/s',
    line: /^append: (\d+) rows\/s/m,
    goal: { of: 'ours', op: '>=', value: 100_000 },
  },
  {
    metric: 'raw results of a day of one check',
    unit: 'ms',
    line: /^raw day of one: ([\d.]+) ms/m,
    goal: { of: 'ours', op: '<=', value: 20 },
  },
  {
    metric: 'overview of 1,000 checks from rollups',
    unit: 'ms',
    line: /^overview of 1,000 by day: ([\d.]+) ms/m,
    goal: { of: 'ours', op: '<=', value: 100 },
  },
];

export async function benchResults({ quick, progress }: BenchOptions): Promise<Row[]> {
  progress('results: the store’s own bench');
  const sizes = quick ? [ROWS_QUICK, CHECKS_QUICK] : [ROWS, CHECKS];
  const words = [
    ...process.execArgv,
    fileURLToPath(import.meta.resolve(PROGRAM)),
    ...sizes.map(String),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: RUN_MS_MAX });
  return QUESTIONS.map(({ metric, unit, line, goal }) => {
    const figure = line.exec(stdout)?.[1];
    if (figure === undefined) throw new Error(`The store's bench told nothing of: ${metric}.`);
    return rowOf({ metric, unit, ours: exactly(Number(figure)), goal });
  });
}
