// From figures to claims. Each limit is a promise of the project, written once, here.

import { type Claim, type Figure, type Goal, type Row, rowOf } from '../report.ts';
import type { Kind } from './contender.ts';
import type { Measured } from './duel.ts';

export interface KindFigures {
  /** 50 at once, by contender. */
  many: ReadonlyMap<string, Measured>;
  /** One after the other. */
  alone: ReadonlyMap<string, Measured>;
  /** Reasons, by contender. */
  unavailable: ReadonlyMap<string, string>;
}

/** Kinds whose floor can be written in Node; no socket of Node's carries an echo. */
type SocketKind = Exclude<Kind, 'icmp'>;

/** Of the bare exchange's CPU time. */
const CPU_RATIO_MAX: Readonly<Record<SocketKind, number>> = { http: 1.3, tcp: 1.3, https: 1.15 };
/** On the way there. */
const FIRST_STEP: Goal = { of: 'ratio', op: '<=', value: 1.6 };
const PER_CORE: Goal = { of: 'ours', op: '>', value: 8_000 };
/** Of blackbox_exporter's CPU time. */
const ICMP_RATIO_MAX = 1 / 8;
/** Nobody else's program may be quicker. */
const BELOW_PEER: Goal = { of: 'ratio', op: '<', value: 1 };

const FLOORS: Readonly<Record<SocketKind, readonly [string, string]>> = {
  http: ['bare', 'node:net'],
  tcp: ['bare', 'node:net'],
  https: ['bare', 'node:tls'],
};
const NODE_HTTP = ['node-http', 'node:http'] as const;
const BLACKBOX = ['blackbox', 'blackbox_exporter'] as const;

/** One claim before its figures are looked up. */
interface Pledge {
  metric: string;
  unit: string;
  goal: Goal;
  at: 'many' | 'alone';
  of: (measured: Measured) => Figure;
  /** Contender, and its name as people know it. */
  rival: readonly [string, string];
}

export function claimRows(kind: Kind, figures: KindFigures): Row[] {
  return pledgesOf(kind).map((pledge) => rowOf(claimOf(pledge, figures)));
}

function pledgesOf(kind: Kind): Pledge[] {
  if (kind !== 'icmp') return socketPledges(kind);
  const icmp = { metric: 'icmp CPU', unit: 'µs', of: cpuUs, at: 'many', rival: BLACKBOX } as const;
  return [{ ...icmp, goal: { of: 'ratio', op: '<=', value: ICMP_RATIO_MAX } }];
}

function socketPledges(kind: SocketKind): Pledge[] {
  const limit = CPU_RATIO_MAX[kind];
  const cpuGoal: Goal = { of: 'ratio', op: '<=', value: limit };
  // A rate may fall behind the floor's by no more than its CPU time may exceed it.
  const rateGoal: Goal = { of: 'ratio', op: '>=', value: Number((1 / limit).toFixed(2)) };
  const isHttp = kind === 'http';
  const rival = FLOORS[kind];
  const cpu = { metric: `${kind} CPU`, unit: 'µs', of: cpuUs, at: 'many' } as const;
  const rate = { unit: '/s', of: perS, rival, goal: rateGoal };
  return [
    ...(isHttp ? [{ ...cpu, metric: `${cpu.metric}, first step`, goal: FIRST_STEP, rival }] : []),
    { ...cpu, goal: cpuGoal, rival },
    ...(isHttp ? [{ ...cpu, goal: BELOW_PEER, rival: NODE_HTTP }] : []),
    { ...cpu, goal: BELOW_PEER, rival: BLACKBOX },
    { ...cpu, metric: `${kind} CPU, one at a time`, at: 'alone', goal: cpuGoal, rival },
    {
      ...rate,
      metric: `${kind} probes of one core`,
      at: 'many',
      of: perCore,
      goal: isHttp ? PER_CORE : rateGoal,
    },
    { ...rate, metric: `${kind} rate, 50 at once`, at: 'many' },
    { ...rate, metric: `${kind} rate, one at a time`, at: 'alone' },
  ];
}

function claimOf({ metric, unit, goal, at, of, rival }: Pledge, figures: KindFigures): Claim {
  const [contender, against] = rival;
  const ours = figures[at].get('holdfast');
  if (ours === undefined) throw new Error('Our own probe was not measured.');
  const theirs = figures[at].get(contender);
  const skipped = figures.unavailable.get(contender);
  return {
    metric,
    unit,
    goal,
    ours: of(ours),
    against,
    ...(theirs === undefined ? {} : { theirs: of(theirs) }),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

function cpuUs(measured: Measured): Figure {
  return measured.cpuUs;
}

function perS(measured: Measured): Figure {
  return measured.perS;
}

/** What a core would do that does nothing else; the targets' own time is not in it. */
function perCore({ cpuUs: { median, min, max } }: Measured): Figure {
  return { median: 1e6 / median, min: 1e6 / max, max: 1e6 / min };
}
