// What the pages show first, held in memory: each check's present state and its last runs. Fed by
// results as they come and, after a start, by the last stored ones. Bounded by the checks in force.

import { quantileOf, Ring } from '@holdfast/kernel';
import type { CheckState, CheckSummary, LiveEvent, RunLetter } from '@holdfast/resources/api';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { ProbeResult, Status } from '@holdfast/resources/result';
import { CheckPlaces } from './check-places.ts';
import { kindOf } from './kind-of.ts';

/** As many history bars as a row of the page can show. */
export const RECENT_RUNS = 60;

const LETTERS: Record<Status, RunLetter> = { up: 'u', down: 'd', timeout: 't', invalid: 'i' };

type Run = CheckSummary['recent'][number];

interface Entry {
  check: CompiledCheck;
  places: CheckPlaces;
  recent: Ring<Run>;
  certificateExpiresAtMs?: number;
  availability24h?: number;
  missedRuns: number;
}

export interface LiveView {
  /** Checks that stay keep what is known of them. */
  configure(checks: readonly CompiledCheck[]): void;
  /** Takes a result in; nothing when its check is gone or it is not newer than what is known. */
  observe(result: ProbeResult): (LiveEvent & { type: 'result' }) | undefined;
  has(namespace: string, name: string): boolean;
  summary(namespace: string, name: string): CheckSummary | undefined;
  summaries(): CheckSummary[];
  last(namespace: string, name: string): ProbeResult | undefined;
  setAvailability(namespace: string, name: string, share: number): void;
  setMissedRuns(missed: Readonly<Record<string, number>>): void;
}

export function checkId(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function createLiveView(): LiveView {
  let entries = new Map<string, Entry>();
  const find = (namespace: string, name: string) => entries.get(checkId(namespace, name));
  return {
    configure: (checks) => {
      entries = new Map(checks.map((check) => keep(check, find(check.namespace, check.name))));
    },
    observe: (result) => {
      const entry = find(result.key.namespace, result.key.check);
      return entry === undefined ? undefined : take(entry, result);
    },
    has: (namespace, name) => find(namespace, name) !== undefined,
    summary: (namespace, name) => {
      const entry = find(namespace, name);
      return entry && summarise(entry);
    },
    summaries: () => [...entries.values()].map(summarise),
    last: (namespace, name) => find(namespace, name)?.places.last,
    setAvailability: (namespace, name, share) => {
      const entry = find(namespace, name);
      if (entry !== undefined) entry.availability24h = share;
    },
    setMissedRuns: (missed) => {
      for (const [id, runs] of Object.entries(missed)) {
        const entry = entries.get(id);
        if (entry !== undefined) entry.missedRuns = runs;
      }
    },
  };
}

function keep(check: CompiledCheck, known: Entry | undefined): [string, Entry] {
  const blank = { places: new CheckPlaces(), recent: new Ring<Run>(RECENT_RUNS), missedRuns: 0 };
  known?.places.configure(check);
  return [checkId(check.namespace, check.name), { ...(known ?? blank), check }];
}

function take(entry: Entry, result: ProbeResult): (LiveEvent & { type: 'result' }) | undefined {
  if (!entry.places.take(entry.check, result)) return undefined;
  const { namespace, check, plannedAtMs } = result.key;
  const { status, totalMs, fault } = result;
  entry.recent.push({ plannedAtMs, totalMs, run: LETTERS[status] });
  const expiresAtMs = earliestExpiryMs(result);
  if (expiresAtMs !== undefined) entry.certificateExpiresAtMs = expiresAtMs;
  const { state, sinceMs } = entry.places;
  const places = entry.places.locations(entry.check);
  const place = places?.find(({ location }) => location === result.key.location);
  return {
    type: 'result',
    namespace,
    check,
    plannedAtMs,
    status,
    totalMs,
    state,
    ...(fault === undefined ? {} : { fault }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(place === undefined ? {} : { place }),
  };
}

function earliestExpiryMs(result: ProbeResult): number | undefined {
  const chain = result.context.tls?.chain ?? [];
  return chain.length === 0 ? undefined : Math.min(...chain.map((one) => one.validToMs));
}

function summarise(entry: Entry): CheckSummary {
  const { check, places } = entry;
  const { last, state, sinceMs } = places;
  const recent = entry.recent.toArray();
  const upMs = recent.filter((run) => run.run === 'u').map((run) => run.totalMs);
  upMs.sort((a, b) => a - b);
  const optional = {
    sinceMs,
    locations: places.locations(check),
    lastStatus: last?.status,
    lastTotalMs: last?.totalMs,
    lastPlannedAtMs: last?.key.plannedAtMs,
    lastFault: last?.fault,
    availability24h: entry.availability24h,
    p50Ms: upMs.length === 0 ? undefined : quantileOf(upMs, 0.5),
    p95Ms: upMs.length === 0 ? undefined : quantileOf(upMs, 0.95),
    certificateExpiresAtMs: entry.certificateExpiresAtMs,
  };
  const known = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    namespace: check.namespace,
    name: check.name,
    kind: kindOf(check),
    target: check.target,
    labels: check.labels,
    intervalMs: check.intervalMs,
    timeoutMs: check.timeoutMs,
    paused: check.paused,
    state,
    recent,
    missedRuns: entry.missedRuns,
    ...Object.fromEntries(known),
  };
}

export function countStates(checks: readonly CheckSummary[]): Record<CheckState, number> {
  const counts: Record<CheckState, number> = { up: 0, degraded: 0, down: 0, unknown: 0 };
  for (const check of checks) counts[check.state] += 1;
  return counts;
}
