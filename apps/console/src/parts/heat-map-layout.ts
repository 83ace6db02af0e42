// Where each cell of a heat map lies and how strong its colour is: time to the right, latency upwards
// on the logarithmic bounds that the server gave, rows cut to those that hold anything. Pure. One hue
// in growing strength: it reads in both themes and without seeing colour.

import type { HeatMap } from '@holdfast/resources/api';

export interface HeatCell {
  startMs: number;
  /** The latencies of its runs: above the one, up to the other (Infinity in the last row). */
  aboveMs: number;
  toMs: number;
  count: number;
  /** Runs of the same time that failed; they have no cell. */
  failed: number;
}

export interface HeatRows {
  /** First and last row that is shown, as places in the counts of a column. */
  first: number;
  last: number;
  /** Of the fullest cell. */
  most: number;
}

/** Less would make one cell a wall. */
const ROWS_MIN = 6;

export function heatRows({ columns, boundsMs }: HeatMap): HeatRows | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = -1;
  let most = 0;
  for (const { counts } of columns) {
    counts.forEach((count, row) => {
      if (count <= 0) return;
      first = Math.min(first, row);
      last = Math.max(last, row);
      most = Math.max(most, count);
    });
  }
  if (last < 0) return undefined;
  const missing = Math.max(0, ROWS_MIN - (last - first + 1));
  const bottom = Math.max(0, first - Math.ceil(missing / 2));
  return {
    first: bottom,
    last: Math.min(boundsMs.length, bottom + Math.max(ROWS_MIN - 1, last - bottom)),
    most,
  };
}

/** 0.16 … 1, growing with the logarithm of the count: a lone run is still seen beside a full cell. */
export function heatStrength(count: number, most: number): number {
  if (most <= 1) return 0.7;
  return 0.16 + (0.84 * Math.log(count)) / Math.log(most);
}

/** The cell at a share of the width and of the height (0 at the top); undefined between columns. */
export function heatCellAt(
  heat: HeatMap,
  rows: HeatRows,
  across: number,
  down: number,
): HeatCell | undefined {
  if (across < 0 || across >= 1 || down < 0 || down >= 1) return undefined;
  const atMs = heat.fromMs + across * (heat.toMs - heat.fromMs);
  const column = heat.columns.find(
    ({ startMs }) => atMs >= startMs && atMs < startMs + heat.stepMs,
  );
  if (column === undefined) return undefined;
  const row = rows.last - Math.floor(down * (rows.last - rows.first + 1));
  return {
    startMs: column.startMs,
    aboveMs: heat.boundsMs[row - 1] ?? 0,
    toMs: heat.boundsMs[row] ?? Number.POSITIVE_INFINITY,
    count: column.counts[row] ?? 0,
    failed: column.failed,
  };
}

/** Bounds worth a label, none nearer to the one before than `apart` (a share of the height). */
export function heatTicks(
  boundsMs: readonly number[],
  rows: HeatRows,
  apart: number,
): { at: number; ms: number }[] {
  const height = rows.last - rows.first + 1;
  const ticks: { at: number; ms: number }[] = [];
  for (let row = rows.first; row <= rows.last; row += 1) {
    const ms = boundsMs[row];
    const at = 1 - (row - rows.first + 1) / height;
    const before = ticks.at(-1);
    if (ms !== undefined && (before === undefined || before.at - at >= apart))
      ticks.push({ at, ms });
  }
  return ticks;
}

const STEPS_S = [
  1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
] as const;

/** Round moments of the viewer's own day, at most `most`, in seconds since 1970. */
export function timeTicks(
  fromMs: number,
  toMs: number,
  most: number,
  offsetMs: number,
): { stepS: number; atS: number[] } {
  const spanS = (toMs - fromMs) / 1000;
  const stepS = STEPS_S.find((step) => spanS / step <= most) ?? 604_800;
  const offsetS = offsetMs / 1000;
  const atS: number[] = [];
  let next = Math.ceil((fromMs / 1000 + offsetS) / stepS) * stepS - offsetS;
  for (; next * 1000 < toMs; next += stepS) atS.push(next);
  return { stepS, atS };
}
