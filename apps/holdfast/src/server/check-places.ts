// One check as all its places see it: each place folds its own runs, and the check's quorum makes one
// state of them. By the time of the runs, not of the wall, so that reading stored runs again gives the
// same picture. A place that fell silent is shown as stale and not asked.

import type { CheckState, LocationState } from '@holdfast/resources/api';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import { isFresh, type QuorumVerdict, quorumVerdict } from '@holdfast/resources/quorum';
import type { ProbeResult } from '@holdfast/resources/result';
import { advance, type CheckProgress, UNSEEN } from './check-progress.ts';

/** More than any fleet of sense has; the places of a check without `locations` are bounded by it. */
const PLACES_MAX = 100;

interface Place {
  progress: CheckProgress;
  last: ProbeResult;
}

export class CheckPlaces {
  readonly #places = new Map<string, Place>();
  #state: CheckState = 'unknown';
  #sinceMs: number | undefined;

  get state(): CheckState {
    return this.#state;
  }

  /** When the present state began; absent while unknown. */
  get sinceMs(): number | undefined {
    return this.#sinceMs;
  }

  /** False when the run is not newer than what is known of its place. */
  take(check: CompiledCheck, result: ProbeResult): boolean {
    const { location, plannedAtMs } = result.key;
    const before = this.#places.get(location)?.progress ?? UNSEEN;
    const progress = advance(before, result);
    if (progress === before) return false;
    if (!this.#places.has(location) && this.#places.size >= PLACES_MAX) return false;
    this.#places.set(location, { progress, last: result });
    this.#decide(check, plannedAtMs);
    return true;
  }

  /** Places that the check does not name any more are forgotten. */
  configure({ locations }: CompiledCheck): void {
    if (locations === undefined) return;
    for (const location of this.#places.keys())
      if (!locations.includes(location)) this.#places.delete(location);
  }

  /** The run that best explains the state: while down, one that was bad. */
  get last(): ProbeResult | undefined {
    const runs = [...this.#places.values()];
    const bad = runs.filter(({ progress }) => progress.state === 'down');
    const telling = this.#state === 'down' && bad.length > 0 ? bad : runs;
    return telling.map(({ last }) => last).reduce<ProbeResult | undefined>(newer, undefined);
  }

  /** By name; absent with fewer than two. */
  locations(check: CompiledCheck): LocationState[] | undefined {
    if (this.#places.size < 2) return undefined;
    const nowMs = this.#newestMs();
    const states = [...this.#places].map(([location, { progress, last }]) => ({
      location,
      state: progress.state,
      stale: !isFresh(check, progress.lastPlannedAtMs, nowMs),
      lastStatus: last.status,
      lastTotalMs: last.totalMs,
      lastPlannedAtMs: last.key.plannedAtMs,
      ...(progress.sinceMs === undefined ? {} : { sinceMs: progress.sinceMs }),
      ...(last.fault === undefined ? {} : { lastFault: last.fault }),
    }));
    return states.sort((a, b) => (a.location < b.location ? -1 : 1));
  }

  #decide(check: CompiledCheck, plannedAtMs: number): void {
    const [only] = this.#places.values();
    if (this.#places.size === 1 && only !== undefined) {
      this.#state = only.progress.state;
      this.#sinceMs = only.progress.sinceMs;
      return;
    }
    const spoke = [...this.#places].filter(([, { progress }]) => progress.state !== 'unknown');
    const opinions = spoke.map(([location, { progress }]) => ({
      location,
      bad: progress.state === 'down',
      plannedAtMs: progress.lastPlannedAtMs,
    }));
    const verdict = quorumVerdict(check, opinions, this.#newestMs());
    const state = this.#stateOf(verdict);
    if (state !== this.#state) this.#sinceMs = state === 'unknown' ? undefined : plannedAtMs;
    this.#state = state;
  }

  #stateOf({ state, bad, good }: QuorumVerdict): CheckState {
    if (state === 'bad') return 'down';
    if (state === 'unknown') return 'unknown';
    const shaky = good.some((place) => this.#places.get(place)?.progress.state === 'degraded');
    return bad.length > 0 || shaky ? 'degraded' : 'up';
  }

  #newestMs(): number {
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const { progress } of this.#places.values())
      newestMs = Math.max(newestMs, progress.lastPlannedAtMs);
    return newestMs;
  }
}

function newer(a: ProbeResult | undefined, b: ProbeResult): ProbeResult {
  return a === undefined || b.key.plannedAtMs >= a.key.plannedAtMs ? b : a;
}
