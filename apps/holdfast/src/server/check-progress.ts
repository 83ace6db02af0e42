// What one check looks like after each of its runs: a pure fold, so that a restart gets the same
// picture by reading the last runs again. Invalid runs say nothing of the target and change nothing.

import type { CheckState } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';

/** A check that failed within its last five valid runs is not yet trusted again. */
const DEGRADED_WINDOW_RUNS = 5;

export interface CheckProgress {
  readonly state: CheckState;
  /** plannedAt of the run that brought the present state; absent while unknown. */
  readonly sinceMs?: number;
  /** plannedAt of the newest run; older ones are ignored. */
  readonly lastPlannedAtMs: number;
  /** Whether each of the last valid runs was good, oldest first. */
  readonly lately: readonly boolean[];
}

export const UNSEEN: CheckProgress = {
  state: 'unknown',
  lastPlannedAtMs: Number.NEGATIVE_INFINITY,
  lately: [],
};

export function advance(
  progress: CheckProgress,
  run: Pick<ProbeResult, 'key' | 'status'>,
): CheckProgress {
  const { plannedAtMs } = run.key;
  if (plannedAtMs <= progress.lastPlannedAtMs) return progress;
  if (run.status === 'invalid') return { ...progress, lastPlannedAtMs: plannedAtMs };
  const lately = [...progress.lately, run.status === 'up'].slice(-DEGRADED_WINDOW_RUNS);
  const state = stateOf(lately);
  const sinceMs = state === progress.state ? progress.sinceMs : plannedAtMs;
  return {
    state,
    lastPlannedAtMs: plannedAtMs,
    lately,
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
}

function stateOf(lately: readonly boolean[]): CheckState {
  if (lately.at(-1) !== true) return 'down';
  return lately.includes(false) ? 'degraded' : 'up';
}
