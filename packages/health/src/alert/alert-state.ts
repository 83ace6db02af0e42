// When one check, as one place sees it, fires and recovers under one rule, as a pure machine: (state, event, now) gives
// (state, effects). It fires once after N bad runs in a row and recovers after M good ones; runs
// that say nothing of the target (invalid), repeat or come late change nothing. It must never fire
// twice without a recovery or a close between, and it knows no store, channel or clock.

import type { Fault, Status } from '@holdfast/resources/result';

/** Runs in a row, both at least 1. */
export interface AlertThresholds {
  failures: number;
  recoveries: number;
}

export interface AlertState {
  readonly firing: boolean;
  /** Bad runs in a row. */
  readonly badRuns: number;
  /** Good runs in a row while firing, else 0; below `recoveries`. */
  readonly goodRuns: number;
  /** plannedAt of the first bad run of the streak; present while firing or badRuns > 0. */
  readonly sinceMs?: number;
  /** plannedAt of the newest valid run. */
  readonly lastPlannedAtMs?: number;
}

export interface AlertRun {
  plannedAtMs: number;
  status: Status;
  fault?: Fault;
}

/** Why an alert ends although the check was not seen to recover. */
export type CloseCause = 'check_removed' | 'rule_removed' | 'not_matched' | 'superseded';

export type AlertEvent = { type: 'run'; run: AlertRun } | { type: 'withdrawn'; cause: CloseCause };

export type AlertEffect =
  | {
      type: 'fire';
      sinceMs: number;
      firedAtMs: number;
      failures: number;
      fault?: Fault;
      /** Where it is bad, of a check that is measured at several places. */
      locations?: string[];
    }
  | { type: 'recover'; recoveredAtMs: number }
  | { type: 'close'; closedAtMs: number; cause: CloseCause };

export interface AlertStep {
  state: AlertState;
  effects: AlertEffect[];
}

export const QUIET: AlertState = { firing: false, badRuns: 0, goodRuns: 0 };

/**
 * A last run further ahead of now than this was planned before the machine's clock was set back;
 * then lateness cannot be told, and ignoring runs until the clock catches up would blind the rule.
 */
const CLOCK_AHEAD_MS_MAX = 60_000;

/** `nowMs` is wall time, as is plannedAt. Thresholds may change from step to step. */
export function stepAlert(
  thresholds: AlertThresholds,
  state: AlertState,
  event: AlertEvent,
  nowMs: number,
): AlertStep {
  if (event.type === 'withdrawn') {
    const close = { type: 'close', closedAtMs: nowMs, cause: event.cause } as const;
    return { state: QUIET, effects: state.firing ? [close] : [] };
  }
  const { run } = event;
  if (run.status === 'invalid' || isLate(state, run, nowMs)) return { state, effects: [] };
  if (run.status === 'up') return afterGood(thresholds, state, run, nowMs);
  return afterBad(thresholds, state, run, nowMs);
}

/**
 * The state after a restart, from the alert that was open (its `sinceMs`, or undefined) and the
 * newest runs, oldest first, with the runs the process did not live to judge. At least
 * max(failures, recoveries) valid runs are needed; with fewer the streak is counted from the oldest
 * one given.
 */
export function resumeAlert(
  openSinceMs: number | undefined,
  runs: readonly AlertRun[],
): { state: AlertState; unjudged: readonly AlertRun[] } {
  const from =
    openSinceMs === undefined
      ? Math.max(0, lastGoodIndex(runs))
      : runs.filter((run) => run.plannedAtMs < openSinceMs).length;
  const last = runs.slice(0, from).findLast((run) => run.status !== 'invalid');
  const quiet = last === undefined ? QUIET : { ...QUIET, lastPlannedAtMs: last.plannedAtMs };
  return {
    state: openSinceMs === undefined ? quiet : { ...quiet, firing: true, sinceMs: openSinceMs },
    unjudged: runs.slice(from),
  };
}

function afterBad(
  thresholds: AlertThresholds,
  state: AlertState,
  run: AlertRun,
  nowMs: number,
): AlertStep {
  const sinceMs = state.sinceMs ?? run.plannedAtMs;
  const badRuns = state.badRuns + 1;
  const fires = !state.firing && badRuns >= thresholds.failures;
  const firing = state.firing || fires;
  const next = { firing, badRuns, goodRuns: 0, sinceMs, lastPlannedAtMs: run.plannedAtMs };
  if (!fires) return { state: next, effects: [] };
  const fire = { type: 'fire', sinceMs, firedAtMs: nowMs, failures: badRuns } as const;
  return { state: next, effects: [run.fault ? { ...fire, fault: run.fault } : fire] };
}

function afterGood(
  thresholds: AlertThresholds,
  state: AlertState,
  run: AlertRun,
  nowMs: number,
): AlertStep {
  const quiet = { ...QUIET, lastPlannedAtMs: run.plannedAtMs };
  if (!state.firing) return { state: quiet, effects: [] };
  const goodRuns = state.goodRuns + 1;
  if (goodRuns >= thresholds.recoveries) {
    return { state: quiet, effects: [{ type: 'recover', recoveredAtMs: nowMs }] };
  }
  const waiting = { ...state, badRuns: 0, goodRuns, lastPlannedAtMs: run.plannedAtMs };
  return { state: waiting, effects: [] };
}

/** Late, out of order or a repeat: not newer than the newest run seen. */
function isLate(state: AlertState, run: AlertRun, nowMs: number): boolean {
  const { lastPlannedAtMs } = state;
  if (lastPlannedAtMs === undefined || lastPlannedAtMs > nowMs + CLOCK_AHEAD_MS_MAX) return false;
  return run.plannedAtMs <= lastPlannedAtMs;
}

/** Without an open alert only the streak after the last good run can still matter. */
function lastGoodIndex(runs: readonly AlertRun[]): number {
  return runs.findLastIndex((run) => run.status === 'up');
}
