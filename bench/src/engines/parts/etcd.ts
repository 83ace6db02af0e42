// What our driver for etcd gives and costs: reads and policy writes over pools of several sizes, beside
// requests that were encoded before and are never decoded; then etcd's own tool, and what others
// published of large machines. One node, data in memory, so that the disk hides nothing.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEtcdCluster } from '@holdfast/engines/testing';
import type { BenchOptions } from '../../bench.ts';
import { exactly, type Goal, type Row, rowOf } from '../../report.ts';
import type { Operation } from '../load.ts';
import { EFFORT, type Loaded, LoadRounds, QUICK_EFFORT } from '../load-rounds.ts';

const POOLS = [1, 4, 16] as const;
const CONCURRENCY = 128;
const FLOOR = 'bare frames';
const TOOL = 'etcdctl check perf';
/** Its loads run for a minute; this one asks for more than any machine gives. */
const TOOL_WORDS = ['check', 'perf', '--load=xl'];
const TOOL_MS_MAX = 110_000;

interface Pledge {
  name: string;
  /** Of the floor's rate: reads that are asked for at once travel together. */
  rateMin: number;
  /** Of the floor's CPU time, which knows neither deadlines nor retries nor what was answered. */
  cpuMax: number;
}

const PLEDGES: Readonly<Record<Operation, Pledge>> = {
  get: { name: 'etcd reads', rateMin: 1, cpuMax: 1 },
  write: { name: 'etcd policy writes', rateMin: 0.7, cpuMax: 1.5 },
};
const ONE_AT_A_TIME: Goal = { of: 'ratio', op: '<=', value: 1.3 };
const P99: Goal = { of: 'ratio', op: '<=', value: 1.25 };
/** Of another project's article, measured on a cluster of large machines over a pool of 200 connections. */
const PUBLISHED = { readsPerS: 1_080_000, readP99Ms: 5.7, writesPerS: 12_000 };

interface PoolFigures {
  ours: Loaded;
  theirs: Loaded;
}

export async function benchEtcd(options: BenchOptions): Promise<Row[]> {
  const cluster = await startEtcdCluster();
  try {
    const [endpoint = ''] = cluster.endpoints;
    const reads: PoolFigures[] = [];
    const writes: PoolFigures[] = [];
    const rows: Row[] = [];
    for (const connections of POOLS) {
      options.progress(`etcd: ${CONCURRENCY} at once over ${connections} connections`);
      const rounds = roundsOf(endpoint, connections, options);
      writes.push(await pair(rounds, 'write', CONCURRENCY));
      reads.push(await pair(rounds, 'get', CONCURRENCY));
      if (connections === 1) rows.push(...(await aloneRows(rounds)));
      await rounds.close();
    }
    options.progress('etcd: its own tool, for a minute');
    const tool = options.quick ? 'takes a minute: not with --quick' : await askTool(endpoint);
    return [
      ...loadRows('get', reads),
      ...loadRows('write', writes),
      ...rows,
      toolRow(writes, tool),
      ...publishedRows(reads, writes),
    ];
  } finally {
    await cluster.close();
  }
}

function roundsOf(place: string, connections: number, { quick }: BenchOptions): LoadRounds {
  const clients = (['etcd', 'bare'] as const).map((kind) => ({ kind, place, connections }));
  return new LoadRounds(clients, quick ? QUICK_EFFORT : EFFORT);
}

async function pair(rounds: LoadRounds, operation: Operation, concurrency: number) {
  const [ours, theirs] = await rounds.load({ operation, concurrency });
  if (ours === undefined || theirs === undefined) throw new Error('A client was not measured.');
  return { ours, theirs };
}

async function aloneRows(rounds: LoadRounds): Promise<Row[]> {
  const rows: Row[] = [];
  for (const operation of ['get', 'write'] as const) {
    const { ours, theirs } = await pair(rounds, operation, 1);
    rows.push(
      rowOf({
        metric: `${PLEDGES[operation].name}, alone, p50`,
        unit: 'ms',
        goal: ONE_AT_A_TIME,
        ours: ours.p50Ms,
        against: FLOOR,
        theirs: theirs.p50Ms,
      }),
    );
  }
  return rows;
}

function loadRows(operation: Operation, pools: readonly PoolFigures[]): Row[] {
  const { name, rateMin, cpuMax } = PLEDGES[operation];
  const row = (at: number, metric: string, unit: string, of: keyof Loaded, goal: Goal): Row[] => {
    const pool = pools[at];
    if (pool === undefined) return [];
    const [ours, theirs] = [pool.ours[of], pool.theirs[of]];
    return [rowOf({ metric: `${name}, ${metric}`, unit, goal, ours, against: FLOOR, theirs })];
  };
  return [
    ...POOLS.flatMap((connections, at) =>
      row(at, `pool of ${connections}`, '/s', 'perS', { of: 'ratio', op: '>=', value: rateMin }),
    ),
    ...row(0, 'CPU', 'µs', 'cpuUs', { of: 'ratio', op: '<=', value: cpuMax }),
    ...row(0, 'p99', 'ms', 'p99Ms', P99),
  ];
}

/** Requests per second that etcd's own client in Go reached, or why it did not run. */
async function askTool(endpoint: string): Promise<number | string> {
  try {
    const environment = { ...process.env, ETCDCTL_API: '3' };
    const { stdout } = await promisify(execFile)(
      'etcdctl',
      [`--endpoints=${endpoint}`, ...TOOL_WORDS],
      { env: environment, timeout: TOOL_MS_MAX },
    ).catch((error: { stdout?: string }) => {
      // It fails where the machine does not reach what its load asks for, and says what it did reach.
      if (error.stdout) return { stdout: error.stdout };
      throw error;
    });
    const perS = /[Tt]hroughput[^\d]*(\d+) writes\/s/.exec(stdout)?.[1];
    return perS === undefined ? `${TOOL} told no throughput` : Number(perS);
  } catch (error) {
    return `${TOOL} did not run: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

function toolRow(writes: readonly PoolFigures[], tool: number | string): Row {
  return rowOf({
    metric: 'etcd policy writes, best pool',
    unit: '/s',
    goal: { of: 'ratio', op: '>=', value: 1 },
    ours: best(writes),
    against: TOOL,
    ...(typeof tool === 'number' ? { theirs: exactly(tool) } : { skipped: tool }),
  });
}

function publishedRows(reads: readonly PoolFigures[], writes: readonly PoolFigures[]): Row[] {
  const against = 'published, pool of 200';
  const atLeast: Goal = { of: 'ratio', op: '>=', value: 1 };
  const readP99 = reads.map(({ ours }) => ours.p99Ms).sort((a, b) => a.median - b.median)[0];
  return [
    rowOf({
      metric: 'etcd reads, best pool',
      unit: '/s',
      goal: atLeast,
      ours: best(reads),
      against,
      theirs: exactly(PUBLISHED.readsPerS),
    }),
    rowOf({
      metric: 'etcd reads, best p99',
      unit: 'ms',
      goal: { of: 'ratio', op: '<=', value: 1 },
      ours: readP99 ?? exactly(0),
      against,
      theirs: exactly(PUBLISHED.readP99Ms),
    }),
    rowOf({
      metric: 'etcd policy writes, best pool',
      unit: '/s',
      goal: atLeast,
      ours: best(writes),
      against,
      theirs: exactly(PUBLISHED.writesPerS),
    }),
  ];
}

function best(pools: readonly PoolFigures[]) {
  const [first] = pools.map(({ ours }) => ours.perS).sort((a, b) => b.median - a.median);
  return first ?? exactly(0);
}
