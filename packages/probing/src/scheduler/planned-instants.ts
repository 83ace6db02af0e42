// The grid on which a check is planned: phase + k · interval in wall-clock milliseconds since 1970,
// for every whole k. Each instant is computed from k by multiplication, never from the one before,
// so nothing drifts; and since the grid hangs on the wall clock, a restart finds the same instants.

/** A plan must be neither a flood nor a check that nobody lives to see. */
const INTERVAL_MS_MIN = 1_000;
const INTERVAL_MS_MAX = 24 * 3_600_000;

export interface Grid {
  /** INTERVAL_MS_MIN … INTERVAL_MS_MAX, whole. */
  intervalMs: number;
  /** 0 ≤ phase < interval, whole. */
  phaseMs: number;
}

/** The last instant of the grid that is not after `wallMs`. */
export function instantAtOrBefore(grid: Grid, wallMs: number): number {
  return instant(grid, Math.floor((wallMs - grid.phaseMs) / grid.intervalMs));
}

/** The first instant of the grid that is after `wallMs`. */
export function instantAfter(grid: Grid, wallMs: number): number {
  return instant(grid, Math.floor((wallMs - grid.phaseMs) / grid.intervalMs) + 1);
}

/** How many instants lie in `from ≤ instant < to`, both being instants of the grid. */
export function instantsBetween(grid: Grid, fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) / grid.intervalMs);
}

export function assertInterval(intervalMs: number): void {
  const fits = intervalMs >= INTERVAL_MS_MIN && intervalMs <= INTERVAL_MS_MAX;
  if (fits && Number.isInteger(intervalMs)) return;
  throw new RangeError(
    `An interval is ${INTERVAL_MS_MIN} to ${INTERVAL_MS_MAX} whole ms, not ${intervalMs}`,
  );
}

function instant(grid: Grid, k: number): number {
  return grid.phaseMs + k * grid.intervalMs;
}
