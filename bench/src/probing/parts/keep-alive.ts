// What keeping connections saves: 100 targets asked again and again over kept connections, over fresh ones
// and by hand; and that a pool keeps to its bound when many runs for each target come at once.

import { get } from 'node:http';
import type { BenchOptions } from '../../bench.ts';
import { KEPT_TARGETS, MOST_PATH } from '../../kept-targets.ts';
import { exactly, type Row, rowOf } from '../../report.ts';
import type { Endpoint, Targets } from '../../targets.ts';
import type { KeptKind } from '../contender.ts';
import { PER_HOST_MAX } from '../contenders/kept-connections.ts';
import { Duel, type DuelPlan, type Measured } from '../duel.ts';

/** By rate; what https saves is the handshake, what http saves is little more than a few system calls. */
const TIMES_MIN = 6;
/** Parsing, judging, phases and a result, beside a write and a read. */
const CPU_RATIO_MAX = 4;
/** More than a pool has connections for each. */
const CROWD_PER_TARGET = 8;
const ROUNDS = 5;
/** An agent runs for months, so only compiled code is judged. */
const KEPT_WARM_UP = 15_000;

const SCHEMES: readonly (readonly [string, KeptKind, number])[] = [
  ['https', 'keepAliveHttps', 500],
  ['http', 'keepAliveHttp', 3_000],
];
const QUICK_OPERATIONS = 100;

export async function benchKeepAlive(options: BenchOptions, targets: Targets): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [scheme, kind, operations] of SCHEMES) {
    const count = options.quick ? QUICK_OPERATIONS : operations;
    rows.push(...(await benchScheme(scheme, kind, count, options, targets)));
  }
  const most = await Promise.all(targets.keepAliveHttp.map(mostConnections));
  const bound = rowOf({
    metric: 'connections per host at most',
    unit: 'connections',
    ours: exactly(Math.max(...most)),
    goal: { of: 'ours', op: '<=', value: PER_HOST_MAX },
  });
  return [...rows, bound];
}

async function benchScheme(
  scheme: string,
  kind: KeptKind,
  operations: number,
  { quick, progress }: BenchOptions,
  targets: Targets,
): Promise<Row[]> {
  const duel = new Duel();
  const tell = (step: string) => progress(`keep-alive, ${scheme}: ${step}`);
  try {
    tell('starting');
    await duel.start(kind, ['kept', 'fresh', 'kept-by-hand'], targets);
    const fresh = { warmUp: quick ? operations : operations * 3, round: operations };
    const kept = { warmUp: quick ? operations : KEPT_WARM_UP, round: operations };
    const all = { kept, fresh, 'kept-by-hand': kept };
    const plan: DuelPlan = {
      rounds: quick ? 2 : ROUNDS,
      concurrency: KEPT_TARGETS,
      operations: all,
    };
    // First, so that the pool is as full as it may be and the rounds make no connection.
    const crowd = KEPT_TARGETS * CROWD_PER_TARGET;
    const once = { warmUp: crowd, round: KEPT_TARGETS };
    await duel.fight({ rounds: 1, concurrency: crowd, operations: { kept: once } }, tell);
    return rowsOf(scheme, await duel.fight(plan, tell));
  } finally {
    await duel.close();
  }
}

function rowsOf(scheme: string, measured: ReadonlyMap<string, Measured>): Row[] {
  const [kept, fresh, byHand] = ['kept', 'fresh', 'kept-by-hand'].map((name) => measured.get(name));
  if (kept === undefined || fresh === undefined || byHand === undefined) {
    throw new Error('A contender was not measured.');
  }
  return [
    rowOf({
      metric: `${scheme}, ${KEPT_TARGETS} targets, kept against fresh`,
      unit: '/s',
      ours: kept.perS,
      against: 'fresh',
      theirs: fresh.perS,
      goal: { of: 'ratio', op: '>=', value: TIMES_MIN },
    }),
    rowOf({
      metric: `${scheme} CPU over kept connections`,
      unit: 'µs',
      ours: kept.cpuUs,
      against: 'by hand',
      theirs: byHand.cpuUs,
      goal: { of: 'ratio', op: '<=', value: CPU_RATIO_MAX },
    }),
  ];
}

function mostConnections({ host, port }: Endpoint): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path: MOST_PATH, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve(Number(text)));
    });
    request.once('error', reject);
  });
}
