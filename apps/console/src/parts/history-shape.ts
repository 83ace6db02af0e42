// History bars as four paths, one for each kind of run, so that a row of sixty costs four elements.
// Up bars show their latency by height; down is whole, timeout is whole and split, invalid is a
// hollow stub: each is told by its shape as well as by its colour. The newest run is on the right.

import type { CheckSummary, RunLetter } from '@holdfast/resources/api';

export interface HistoryShape {
  paths: Record<RunLetter, string>;
  /** Slots without a run yet. */
  empty: string;
}

/** An up bar is never lower than this, so that a fast run is still seen. */
const HEIGHT_PX_MIN = 4;

export function historyShape(
  recent: CheckSummary['recent'],
  slots: number,
  pitchPx: number,
  heightPx: number,
): HistoryShape {
  const runs = recent.slice(-slots);
  const barPx = pitchPx - 1;
  const topMs = scaleTop(runs);
  const paths: Record<RunLetter, string> = { u: '', d: '', t: '', i: '' };
  const firstSlot = slots - runs.length;
  runs.forEach((run, index) => {
    const x = (firstSlot + index) * pitchPx;
    if (run.run === 'u') {
      const high = Math.max(HEIGHT_PX_MIN, Math.min(1, run.totalMs / topMs) * heightPx);
      paths.u += bar(x, heightPx - high, barPx, high);
    } else if (run.run === 'd') paths.d += bar(x, 0, barPx, heightPx);
    else if (run.run === 't') {
      paths.t += bar(x, 0, barPx, heightPx * 0.4) + bar(x, heightPx * 0.6, barPx, heightPx * 0.4);
    } else paths.i += bar(x, heightPx - 3, barPx, 3);
  });
  let empty = '';
  for (let slot = 0; slot < firstSlot; slot += 1)
    empty += bar(slot * pitchPx, heightPx - 1, barPx, 1);
  return { paths, empty };
}

/** The slowest run is full height unless it is an outlier: then the scale ends at three times the median. */
function scaleTop(runs: CheckSummary['recent']): number {
  const up = runs
    .filter((run) => run.run === 'u')
    .map((run) => run.totalMs)
    .sort((a, b) => a - b);
  const median = up[Math.floor(up.length / 2)] ?? 1;
  const slowest = up.at(-1) ?? 1;
  return Math.max(0.001, Math.min(slowest, median * 3) * 1.1);
}

function bar(x: number, y: number, width: number, height: number): string {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
