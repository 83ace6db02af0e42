// A check as each of its places measures it: distance makes the times, and an outage may be of one place
// alone. The verdict is that of most places, as a server would judge it.

import type { CheckSummary, LocationState } from '@holdfast/resources/api';
import { lastTimes, runOf, stateOf, summaryOf } from './fixture-runs.ts';
import type { FixtureCheck } from './fixture-world.ts';

const DISTANCE = [1, 2.4, 3.9];
const RUNS_JUDGED = 6;

/** The same check from one of its places. */
export function seenFrom(check: FixtureCheck, place: string): FixtureCheck {
  const distance = DISTANCE[check.places.indexOf(place) % DISTANCE.length] ?? 1;
  return {
    ...check,
    places: [place],
    baseMs: check.baseMs * distance,
    outages: check.outages.filter(({ places }) => places === undefined || places.includes(place)),
    silences: check.silentPlaces.includes(place)
      ? [...check.silences, { fromMs: 0, toMs: Number.POSITIVE_INFINITY }]
      : check.silences,
  };
}

export function toldSummary(check: FixtureCheck, nowMs: number): CheckSummary {
  if (check.places.length < 2) return summaryOf(check, nowMs);
  const locations = check.places.map((place) => placeOf(check, place, nowMs));
  const most = check.places.length / 2;
  const wide = check.outages.filter(({ places }) => (places?.length ?? check.places.length) > most);
  const summary = { ...summaryOf({ ...check, outages: wide }, nowMs), locations };
  const bad = locations.find(({ state, stale }) => state === 'down' && !stale);
  if (summary.state !== 'up' || bad === undefined) return summary;
  return { ...summary, state: 'degraded', ...(bad.sinceMs ? { sinceMs: bad.sinceMs } : {}) };
}

export function placeOf(check: FixtureCheck, place: string, nowMs: number): LocationState {
  const there = seenFrom(check, place);
  const stale = check.silentPlaces.includes(place);
  // What a silent place said last.
  const asked = stale ? { ...there, silences: check.silences } : there;
  const untilMs = stale ? nowMs - 40 * 60_000 : nowMs;
  const runs = lastTimes(asked, RUNS_JUDGED, untilMs).map((at) => runOf(asked, at));
  const last = runs.at(-1);
  const { sinceMs } = summaryOf(asked, untilMs);
  return {
    location: place,
    state: stateOf(runs.filter(({ status }) => status !== 'invalid')),
    stale,
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(last === undefined
      ? {}
      : {
          lastStatus: last.status,
          lastTotalMs: last.totalMs,
          lastPlannedAtMs: last.plannedAtMs,
          ...(last.fault === undefined ? {} : { lastFault: last.fault }),
        }),
  };
}
