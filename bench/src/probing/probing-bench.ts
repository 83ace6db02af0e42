// The bench `probing`: what a probe costs, beside the bare exchange, node:http and blackbox_exporter,
// per kind and at two loads; then what an agent holds: 10,000 at once, how late, how much memory; then
// what the command costs. The targets are shared by all; a claim's two sides are from the same rounds.

import type { Bench, BenchOptions } from '../bench.ts';
import { Child } from '../child-process.ts';
import type { Row } from '../report.ts';
import type { Targets } from '../targets.ts';
import type { Kind } from './contender.ts';
import { Duel, type DuelPlan } from './duel.ts';
import { benchAgentMemory } from './parts/agent-memory.ts';
import { benchCommand } from './parts/command.ts';
import { benchCrowd } from './parts/crowd.ts';
import { benchKeepAlive } from './parts/keep-alive.ts';
import { benchLateness } from './parts/lateness.ts';
import { claimRows } from './probing-claims.ts';

const CONTENDERS: Readonly<Record<Kind, readonly string[]>> = {
  http: ['holdfast', 'bare', 'node-http', 'blackbox'],
  tcp: ['holdfast', 'bare', 'blackbox'],
  https: ['holdfast', 'bare', 'blackbox'],
  icmp: ['holdfast', 'blackbox'],
};
interface Load {
  /** Operations before what counts: an agent runs for months, so only compiled code is judged. */
  warmUp: number;
  rounds: number;
  /** Of one round. */
  operations: number;
}

/** A handshake takes ten times a plain exchange, mostly in native code: it settles with fewer. */
const LOADS: Readonly<Record<Kind, Load>> = {
  http: { warmUp: 20_000, rounds: 7, operations: 2_000 },
  tcp: { warmUp: 20_000, rounds: 7, operations: 2_000 },
  https: { warmUp: 2_000, rounds: 5, operations: 600 },
  icmp: { warmUp: 20_000, rounds: 7, operations: 2_000 },
};
const QUICK_LOAD: Load = { warmUp: 150, rounds: 2, operations: 150 };
/** Its CPU time comes in ticks of 10 ms: so many probes take some 15 of them at least. */
const OPERATIONS_BLACKBOX = 500;
const QUICK_OPERATIONS_BLACKBOX = 60;

type Part = (options: BenchOptions, targets: Targets) => Promise<Row[]>;

const PARTS = new Map<string, Part>([
  ['http', (options, targets) => benchKind('http', targets, options)],
  ['tcp', (options, targets) => benchKind('tcp', targets, options)],
  ['https', (options, targets) => benchKind('https', targets, options)],
  ['icmp', (options, targets) => benchKind('icmp', targets, options)],
  ['keep-alive', benchKeepAlive],
  ['crowd', benchCrowd],
  ['lateness', benchLateness],
  ['memory', benchAgentMemory],
  ['command', benchCommand],
]);

export const benchProbing: Bench = async (options) => {
  const wanted = ([name]: [string, Part]) =>
    options.parts.length === 0 || options.parts.includes(name);
  const target = new Child<object, Targets>(import.meta.resolve('../target-process.ts'), [
    'the targets',
  ]);
  try {
    const targets = await target.ask({});
    const rows: Row[] = [];
    for (const [, part] of [...PARTS].filter(wanted)) rows.push(...(await part(options, targets)));
    return rows;
  } finally {
    await target.close();
  }
};

async function benchKind(kind: Kind, targets: Targets, options: BenchOptions): Promise<Row[]> {
  const duel = new Duel();
  try {
    options.progress(`${kind}: starting`);
    await duel.start(kind, CONTENDERS[kind], targets);
    const fight = (plan: DuelPlan) =>
      duel.fight(plan, (step) => {
        options.progress(`${kind}, ${plan.concurrency} at once: ${step}`);
      });
    const many = await fight(planFor(kind, 50, options.quick));
    const alone = await fight(planFor(kind, 1, options.quick));
    return claimRows(kind, { many, alone, unavailable: duel.unavailable });
  } finally {
    await duel.close();
  }
}

function planFor(kind: Kind, concurrency: number, quick: boolean): DuelPlan {
  const load = quick ? QUICK_LOAD : LOADS[kind];
  const ours = { warmUp: load.warmUp, round: load.operations };
  const perRound = quick ? QUICK_OPERATIONS_BLACKBOX : OPERATIONS_BLACKBOX;
  const { rounds } = load;
  if (concurrency > 1) {
    const blackbox = { warmUp: perRound, round: perRound };
    const operations = { holdfast: ours, bare: ours, 'node-http': ours, blackbox };
    return { rounds, concurrency, operations };
  }
  // It comes after many at once: all that is compiled is compiled.
  const warm = { warmUp: 0, round: load.operations };
  return { rounds, concurrency, operations: { holdfast: warm, bare: warm } };
}
