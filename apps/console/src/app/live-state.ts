// What the console knows of the world, and how it changes: an overview read whole, then live
// events on top of it. Pure reducers; the shell (live-store.ts) owns time, network and frames.
// A result that is not newer than what is known is ignored, so replays and races do no harm.

import type { AlertRecord } from '@holdfast/resources/alert-record';
import type {
  AgentSummary,
  CheckState,
  CheckSummary,
  LiveEvent,
  Overview,
  RunLetter,
} from '@holdfast/resources/api';
import type { Status } from '@holdfast/resources/result';
import type { Failure } from '../api/client.ts';
import { countStates } from '../parts/check-list.ts';

/** As many runs as the API gives with a summary. */
export const RECENT_RUNS_MAX = 60;

/** Alerts kept in memory; older ones are on the alerts page. */
const ALERTS_MAX = 200;

export interface LiveState {
  /** Absent until the first overview is read. */
  overview?: Omit<Overview, 'checks' | 'alerts' | 'agents' | 'counts' | 'configProblem'>;
  configProblem?: { text: string; sinceMs: number };
  /** By namespace, then name. */
  checks: readonly CheckSummary[];
  /** Place in `checks` by check key. */
  places: ReadonlyMap<string, number>;
  counts: Readonly<Record<CheckState, number>>;
  /** Newest first. */
  alerts: readonly AlertRecord[];
  agents: readonly AgentSummary[];
  /** Why the overview could not be read last time; the last good one stays in force. */
  failure?: Failure;
  /** Server clock minus ours, so that "since" is true on a machine whose clock is not. */
  skewMs: number;
  /** How many overviews were read. */
  reads: number;
  /** Counts what concerned alerts, so that lists of them know when to read again. */
  alertVersion: number;
}

export const EMPTY_LIVE_STATE: LiveState = {
  checks: [],
  places: new Map(),
  counts: { up: 0, degraded: 0, down: 0, unknown: 0 },
  alerts: [],
  agents: [],
  skewMs: 0,
  reads: 0,
  alertVersion: 0,
};

export function checkKey(check: { namespace: string; name: string }): string {
  return `${check.namespace}/${check.name}`;
}

export function applyOverview(state: LiveState, read: Overview, receivedAtMs: number): LiveState {
  const { checks, alerts, agents, counts: _counts, configProblem, ...overview } = read;
  const sorted = [...checks].sort(byKey);
  const { failure: _failure, configProblem: _problem, ...kept } = state;
  return {
    ...kept,
    overview,
    ...(configProblem === undefined ? {} : { configProblem }),
    checks: sorted,
    places: new Map(sorted.map((check, place) => [checkKey(check), place])),
    counts: countStates(sorted),
    alerts: newestFirst(alerts),
    agents,
    skewMs: read.nowMs - receivedAtMs,
    reads: state.reads + 1,
    alertVersion: state.alertVersion + 1,
  };
}

export interface EventsApplied {
  state: LiveState;
  /** The set of checks is no longer known for sure: read the overview again. */
  reread: boolean;
}

/** Applies one batch, oldest first. Costs one copy of the list however many events there are. */
export function applyEvents(
  state: LiveState,
  events: readonly LiveEvent[],
  serverNowMs: number,
): EventsApplied {
  let next = state;
  let reread = false;
  const changed = new Map<number, CheckSummary>();
  for (const event of events) {
    if (event.type === 'checks' || event.type === 'reset') reread = true;
    else if (event.type === 'config') next = withProblem(next, event.problem, serverNowMs);
    else if (event.type === 'agents') next = { ...next, agents: event.agents };
    else if (event.type === 'alert') next = withAlert(next, event.alert);
    else {
      const place = state.places.get(`${event.namespace}/${event.check}`);
      const known = place === undefined ? undefined : (changed.get(place) ?? state.checks[place]);
      if (place === undefined || known === undefined) reread = true;
      else changed.set(place, withResult(known, event));
      // A second place: what the first one said is in the overview.
      if (event.place !== undefined && known?.locations === undefined) reread = true;
    }
  }
  return { state: withChecks(next, changed), reread };
}

type ResultEvent = Extract<LiveEvent, { type: 'result' }>;

const LETTERS: Record<Status, RunLetter> = { up: 'u', down: 'd', timeout: 't', invalid: 'i' };

function withResult(check: CheckSummary, event: ResultEvent): CheckSummary {
  if (isKnown(check, event)) return check;
  const { lastFault, sinceMs: _since, ...kept } = check;
  // While most places are down, one that is up does not say why.
  const explains = event.state !== 'down' || event.status !== 'up';
  const fault = explains ? event.fault : lastFault;
  const run = {
    plannedAtMs: event.plannedAtMs,
    totalMs: event.totalMs,
    run: LETTERS[event.status],
  };
  return {
    ...kept,
    state: event.state,
    ...(event.sinceMs === undefined ? {} : { sinceMs: event.sinceMs }),
    ...(explains ? { lastStatus: event.status, lastTotalMs: event.totalMs } : {}),
    lastPlannedAtMs: Math.max(event.plannedAtMs, check.lastPlannedAtMs ?? 0),
    ...(fault === undefined ? {} : { lastFault: fault }),
    ...placesAfter(check, event),
    recent: [...check.recent, run].slice(-RECENT_RUNS_MAX),
  };
}

/** Places run side by side, so what is newer is asked of each by itself. */
function isKnown({ lastPlannedAtMs, locations }: CheckSummary, event: ResultEvent): boolean {
  const there = locations?.find(({ location }) => location === event.place?.location);
  const knownAtMs = event.place === undefined ? lastPlannedAtMs : there?.lastPlannedAtMs;
  return knownAtMs !== undefined && event.plannedAtMs <= knownAtMs;
}

function placesAfter(
  { locations }: CheckSummary,
  { place }: ResultEvent,
): Pick<CheckSummary, 'locations'> {
  if (place === undefined || locations === undefined) return {};
  const others = locations.filter(({ location }) => location !== place.location);
  return { locations: [...others, place].sort((a, b) => (a.location < b.location ? -1 : 1)) };
}

function withChecks(state: LiveState, changed: ReadonlyMap<number, CheckSummary>): LiveState {
  if (changed.size === 0) return state;
  const checks = [...state.checks];
  const counts = { ...state.counts };
  for (const [place, check] of changed) {
    const before = checks[place];
    if (before !== undefined) counts[before.state] -= 1;
    counts[check.state] += 1;
    checks[place] = check;
  }
  return { ...state, checks, counts };
}

function withProblem(state: LiveState, text: string | undefined, nowMs: number): LiveState {
  const { configProblem, ...kept } = state;
  if (text === undefined) return kept;
  return { ...kept, configProblem: { text, sinceMs: configProblem?.sinceMs ?? nowMs } };
}

function withAlert(state: LiveState, alert: AlertRecord): LiveState {
  const others = state.alerts.filter((known) => known.id !== alert.id);
  const alerts = newestFirst([alert, ...others]).slice(0, ALERTS_MAX);
  return { ...state, alerts, alertVersion: state.alertVersion + 1 };
}

function newestFirst(alerts: readonly AlertRecord[]): AlertRecord[] {
  return [...alerts].sort((a, b) => b.firedAtMs - a.firedAtMs);
}

function byKey(a: CheckSummary, b: CheckSummary): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
