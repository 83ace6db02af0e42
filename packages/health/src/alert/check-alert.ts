// When one check fires and recovers under one rule, measured at one place or at several: each place
// counts its own runs in a row (alert-state), and the check's quorum decides over the places. A pure
// machine; places that fall silent are not asked, and while their word could decide nothing changes.

import { type QuorumCheck, quorumVerdict } from '@holdfast/resources/quorum';
import type { Fault } from '@holdfast/resources/result';
import {
  type AlertEffect,
  type AlertEvent,
  type AlertRun,
  type AlertState,
  type AlertThresholds,
  QUIET,
  resumeAlert,
  stepAlert,
} from './alert-state.ts';

export interface PlacedRun extends AlertRun {
  location: string;
}

interface Place {
  readonly state: AlertState;
  /** Of its last bad run. */
  readonly fault?: Fault;
}

export interface CheckAlertState {
  readonly firing: boolean;
  /** By location. */
  readonly places: ReadonlyMap<string, Place>;
}

export interface CheckAlertStep {
  state: CheckAlertState;
  effects: AlertEffect[];
}

/** What was open before a restart. */
export interface OpenAlert {
  sinceMs: number;
  firedAtMs: number;
  /** Absent: one place, or unknown. */
  locations?: readonly string[];
}

export const CALM: CheckAlertState = { firing: false, places: new Map() };

/** A place that the check does not name, silent for so long, is forgotten; it bounds the places. */
const FORGOTTEN_MS = 86_400_000;

/** `nowMs` is wall time. */
export function stepCheckAlert(
  thresholds: AlertThresholds,
  check: QuorumCheck,
  before: CheckAlertState,
  run: PlacedRun,
  nowMs: number,
): CheckAlertStep {
  const places = stepPlace(thresholds, check, before.places, run, nowMs);
  if (places === before.places) return { state: before, effects: [] };
  return decide(check, { firing: before.firing, places }, run.location, nowMs);
}

export function withdrawCheckAlert(
  state: CheckAlertState,
  cause: Extract<AlertEvent, { type: 'withdrawn' }>['cause'],
  nowMs: number,
): CheckAlertStep {
  const effects: AlertEffect[] = state.firing ? [{ type: 'close', closedAtMs: nowMs, cause }] : [];
  return { state: CALM, effects };
}

/**
 * The state after a restart; `runs` are the newest ones, in any order, and those that the process
 * did not live to judge are judged now. See `resumeAlert` for how many are needed of each place.
 */
export function hydrateCheckAlert(
  thresholds: AlertThresholds,
  check: QuorumCheck,
  open: OpenAlert | undefined,
  runs: readonly PlacedRun[],
  nowMs: number,
): CheckAlertStep {
  const sorted = runs.toSorted((a, b) => a.plannedAtMs - b.plannedAtMs);
  const places = new Map<string, Place>();
  const unjudged: PlacedRun[] = [];
  for (const [location, own] of Map.groupBy(sorted, (run) => run.location)) {
    const fired = open !== undefined && (open.locations?.includes(location) ?? true);
    const resumed = resumeAlert(fired ? open.sinceMs : undefined, own);
    places.set(location, { state: resumed.state });
    unjudged.push(...(resumed.unjudged as PlacedRun[]));
  }
  let state: CheckAlertState = { firing: open !== undefined, places };
  const effects: AlertEffect[] = [];
  const judgedMs = Math.max(allHeardMs(sorted), open?.firedAtMs ?? Number.NEGATIVE_INFINITY);
  for (const run of unjudged.sort((a, b) => a.plannedAtMs - b.plannedAtMs)) {
    const stepped = stepPlace(thresholds, check, state.places, run, nowMs);
    state = { firing: state.firing, places: stepped };
    // Before every place had its say, the first to speak would decide alone; and what came before
    // the alert was told led to it.
    if (run.plannedAtMs < judgedMs) continue;
    const step = decide(check, state, run.location, nowMs);
    state = step.state;
    effects.push(...step.effects);
  }
  const last = unjudged.at(-1);
  if (last === undefined) return { state, effects };
  const step = decide(check, state, last.location, nowMs);
  return { state: step.state, effects: [...effects, ...step.effects] };
}

/** When the last of the places was first heard of. */
function allHeardMs(sorted: readonly PlacedRun[]): number {
  const first = new Map<string, number>();
  for (const { location, plannedAtMs, status } of sorted) {
    if (status !== 'invalid' && !first.has(location)) first.set(location, plannedAtMs);
  }
  return Math.max(...first.values());
}

/** The same places where the run says nothing. */
function stepPlace(
  thresholds: AlertThresholds,
  check: QuorumCheck,
  before: CheckAlertState['places'],
  run: PlacedRun,
  nowMs: number,
): CheckAlertState['places'] {
  const place = before.get(run.location) ?? { state: QUIET };
  const { state } = stepAlert(thresholds, place.state, { type: 'run', run }, nowMs);
  if (state === place.state) return before;
  const fault = run.status === 'up' ? place.fault : run.fault;
  const places = new Map(before);
  places.set(run.location, { state, ...(fault === undefined ? {} : { fault }) });
  forgetSilent(places, check, newestOf(places));
  return places;
}

function decide(
  check: QuorumCheck,
  { firing, places }: CheckAlertState,
  location: string,
  nowMs: number,
): CheckAlertStep {
  const opinions = [...places].map(([name, { state }]) => ({
    location: name,
    bad: state.firing,
    plannedAtMs: state.lastPlannedAtMs ?? Number.NEGATIVE_INFINITY,
  }));
  // By the time of the runs, not of the wall: late results are judged as if they had come in time.
  const verdict = quorumVerdict(check, opinions, newestOf(places));
  if (!firing && verdict.state === 'bad')
    return {
      state: { firing: true, places },
      effects: [fireOf(places, verdict.bad, location, nowMs)],
    };
  if (firing && verdict.state === 'good')
    return {
      state: { firing: false, places },
      effects: [{ type: 'recover', recoveredAtMs: nowMs }],
    };
  return { state: { firing, places }, effects: [] };
}

/** Told of the place whose run made it so, else of the one that is bad for longest. */
function fireOf(
  places: ReadonlyMap<string, Place>,
  bad: readonly string[],
  location: string,
  nowMs: number,
): AlertEffect {
  const since = (name: string) => places.get(name)?.state.sinceMs ?? nowMs;
  const longest = bad.toSorted((a, b) => since(a) - since(b));
  const told = places.get(bad.includes(location) ? location : (longest[0] ?? location));
  return {
    type: 'fire',
    sinceMs: Math.min(...bad.map(since)),
    firedAtMs: nowMs,
    failures: told?.state.badRuns ?? 0,
    ...(told?.fault === undefined ? {} : { fault: told.fault }),
    ...(places.size > 1 ? { locations: [...bad] } : {}),
  };
}

function newestOf(places: ReadonlyMap<string, Place>): number {
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const { state } of places.values())
    newestMs = Math.max(newestMs, state.lastPlannedAtMs ?? Number.NEGATIVE_INFINITY);
  return newestMs;
}

function forgetSilent(
  places: Map<string, Place>,
  { locations }: QuorumCheck,
  newestMs: number,
): void {
  for (const [location, { state }] of places) {
    if (locations?.includes(location)) continue;
    if (locations !== undefined || newestMs - (state.lastPlannedAtMs ?? newestMs) > FORGOTTEN_MS)
      places.delete(location);
  }
}
