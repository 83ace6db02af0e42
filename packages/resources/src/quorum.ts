// What holds of a check that is measured at several places: each place has an opinion from its own
// runs, and the check's quorum says how many bad ones make it bad. Pure; it counts no runs and waits
// for none (an alert rule does that for each place), and it must never take silence for health: who
// has nothing fresh to say is not asked, and where their word could decide, it is unknown.

import type { CompiledCheck } from './compiled-check.ts';
import type { ProbeResult } from './result.ts';

/** What one place holds of a check. */
export interface LocationOpinion {
  location: string;
  /** By its own count: its last valid run, or an alert rule's runs in a row. */
  bad: boolean;
  /** Planned start of its newest valid run, wall time. */
  plannedAtMs: number;
}

/** Lists of places are ascending. */
export interface QuorumVerdict {
  state: 'bad' | 'good' | 'unknown';
  /** So many of the places that speak must be bad; 0 while none speaks. */
  needed: number;
  bad: string[];
  good: string[];
  /** Known or named places without a fresh valid run. */
  silent: string[];
}

export type QuorumCheck = Pick<CompiledCheck, 'intervalMs' | 'timeoutMs' | 'quorum' | 'locations'>;

/** A place that the check does not name and that was silent for so long is not known any more. */
const FORGOTTEN_MS = 86_400_000;

/**
 * `nowMs` is wall time. Opinions of places that the check does not name any more are left out; of
 * two opinions of one place the newer counts. With `quorum: n`, some bad and n within reach of those
 * that are silent, it is unknown rather than good.
 */
export function quorumVerdict(
  check: QuorumCheck,
  opinions: Iterable<LocationOpinion>,
  nowMs: number,
): QuorumVerdict {
  const newest = newestByLocation(opinions, check.locations);
  const bad: string[] = [];
  const good: string[] = [];
  const silent = (check.locations ?? []).filter((location) => !newest.has(location));
  for (const opinion of newest.values()) {
    const { location, plannedAtMs } = opinion;
    if (isFresh(check, plannedAtMs, nowMs)) (opinion.bad ? bad : good).push(location);
    else if (check.locations || nowMs - plannedAtMs < FORGOTTEN_MS) silent.push(location);
  }
  const { quorum = 'majority' } = check;
  const awaited = typeof quorum === 'number' ? silent.length : 0;
  const needed = neededOf(quorum, bad.length + good.length, awaited);
  const state = stateOf(needed, bad.length, good.length, awaited);
  return { state, needed, bad: bad.sort(), good: good.sort(), silent: silent.sort() };
}

/** Newer than two intervals and a timeout: one run may be lost on the way without a gap. */
export function isFresh(
  check: Pick<CompiledCheck, 'intervalMs' | 'timeoutMs'>,
  plannedAtMs: number,
  nowMs: number,
): boolean {
  return nowMs - plannedAtMs < 2 * check.intervalMs + check.timeoutMs;
}

/** The place's opinion after this run, by its last valid one; an invalid, late or repeated run changes nothing. */
export function opinionAfter(
  opinion: LocationOpinion | undefined,
  { key, status }: Pick<ProbeResult, 'key' | 'status'>,
): LocationOpinion | undefined {
  if (status === 'invalid') return opinion;
  if (opinion !== undefined && key.plannedAtMs <= opinion.plannedAtMs) return opinion;
  return { location: key.location, bad: status !== 'up', plannedAtMs: key.plannedAtMs };
}

function newestByLocation(
  opinions: Iterable<LocationOpinion>,
  named: readonly string[] | undefined,
): Map<string, LocationOpinion> {
  const newest = new Map<string, LocationOpinion>();
  for (const opinion of opinions) {
    const { location, plannedAtMs } = opinion;
    if (named !== undefined && !named.includes(location)) continue;
    const known = newest.get(location);
    if (known === undefined || plannedAtMs > known.plannedAtMs) newest.set(location, opinion);
  }
  return newest;
}

function neededOf(
  quorum: NonNullable<CompiledCheck['quorum']>,
  speaking: number,
  awaited: number,
): number {
  if (speaking === 0) return 0;
  if (quorum === 'majority') return Math.floor(speaking / 2) + 1;
  // A number above that of all places could never be met, and nobody would ever be told.
  return quorum === 'all' ? speaking : Math.min(quorum, speaking + awaited);
}

function stateOf(
  needed: number,
  bad: number,
  good: number,
  awaited: number,
): QuorumVerdict['state'] {
  if (bad + good === 0) return 'unknown';
  if (bad >= needed) return 'bad';
  return bad > 0 && bad + awaited >= needed ? 'unknown' : 'good';
}
