// What a bench says: rows of measured claims, each with the goal it is held to. A row that could not
// be measured carries the reason; it never passes by being absent.

import { quantileOf } from '@holdfast/kernel';
import type { Machine } from './machine.ts';

export interface Goal {
  of: 'ours' | 'ratio';
  op: '<' | '<=' | '>' | '>=';
  value: number;
}

/** What a row is before it is held to its goal. */
export interface Claim {
  metric: string;
  unit: string;
  goal: Goal;
  ours: Figure;
  /** Who is measured beside us, in the same run. */
  against?: string;
  theirs?: Figure;
  /** Why `theirs` is not there. */
  skipped?: string;
}

/** The median of the rounds, and their least and greatest. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

/** Of the rounds. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => quantileOf(sorted, q) ?? 0;
  return { median: at(0.5), min: at(0), max: at(1) };
}

/** Of something that is counted once. */
export function exactly(value: number): Figure {
  return { median: value, min: value, max: value };
}

export interface Row {
  metric: string;
  unit: string;
  ours: number;
  against?: string;
  theirs?: number;
  /** ours / theirs. */
  ratio?: number;
  /** Least and greatest round of each side. */
  spread: { ours: [number, number]; theirs?: [number, number] };
  goal: Goal;
  /** Exactly one of the two is there. */
  pass?: boolean;
  skipped?: string;
}

export interface Report {
  bench: string;
  machine: Machine;
  rows: Row[];
}

export function rowOf({ metric, unit, goal, ours, against, theirs, skipped }: Claim): Row {
  const ratio = theirs === undefined ? undefined : ours.median / theirs.median;
  const judged = goal.of === 'ours' ? ours.median : ratio;
  return {
    metric,
    unit,
    ours: rounded(ours.median),
    ...(against === undefined ? {} : { against }),
    ...(theirs === undefined ? {} : { theirs: rounded(theirs.median) }),
    ...(ratio === undefined ? {} : { ratio: rounded(ratio) }),
    spread: {
      ours: [rounded(ours.min), rounded(ours.max)],
      ...(theirs === undefined ? {} : { theirs: [rounded(theirs.min), rounded(theirs.max)] }),
    },
    goal,
    ...(judged === undefined
      ? { skipped: skipped ?? 'not measured' }
      : { pass: meets(judged, goal) }),
  };
}

function meets(value: number, { op, value: limit }: Goal): boolean {
  if (op === '<') return value < limit;
  if (op === '<=') return value <= limit;
  return op === '>' ? value > limit : value >= limit;
}

/** To four digits: more would be noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
