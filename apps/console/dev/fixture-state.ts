// The world that the fixture server tells of, and what happens in it: checks run when they are due,
// go down and come up on demand, and every change is an event. Knows nothing of HTTP.

import type {
  AlertList,
  CheckDetail,
  FleetOverview,
  LiveEvent,
  Overview,
  ToldResult,
} from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import { alertsOf } from './fixture-alerts.ts';
import { AskedRuns } from './fixture-asked.ts';
import type { TroubleName } from './fixture-faults.ts';
import { fleetOf, PLACES, summariesOf } from './fixture-fleet.ts';
import { kindChecks } from './fixture-kinds.ts';
import { placeOf, seenFrom, toldSummary } from './fixture-places.ts';
import { resultOf } from './fixture-results.ts';
import { plannedTimes, runOf } from './fixture-runs.ts';
import { demoChecks, type FixtureCheck, fewChecks, manyChecks } from './fixture-world.ts';

export type FixtureMode =
  | 'few'
  | 'many'
  | 'none'
  | 'demo'
  | 'kinds'
  | 'errors'
  | 'slow'
  /** Three servers, three places; the same with much that is wrong; two thousand agents. */
  | 'fleet'
  | 'ill'
  | 'crowd'
  /** As a token of one namespace sees it. */
  | 'guest';

const MANY_CHECKS = 2000;
const OVERVIEW_ALERTS = 20;
const RESULTS_MAX = 1000;
const EXTRA_RUNS_KEPT = 50;

export class FixtureState {
  readonly #mode: FixtureMode;
  readonly #checks: FixtureCheck[];
  readonly #publish: (event: LiveEvent) => void;
  readonly #startedAtMs = Date.now() - 26 * 3_600_000;
  #ranUntilMs = Date.now();
  #problem: { text: string; sinceMs: number } | undefined;
  readonly asked = new AskedRuns((check, place) => this.#measure(check, place));

  constructor(mode: FixtureMode, publish: (event: LiveEvent) => void) {
    this.#mode = mode;
    this.#publish = publish;
    this.#checks = checksOf(mode, Date.now());
    if (mode === 'fleet' || mode === 'ill') this.#askSome();
  }

  find(key: string): FixtureCheck | undefined {
    return this.#checks.find((check) => `${check.namespace}/${check.name}` === key);
  }

  /** Runs whatever has come due since the last call. */
  runDue(): void {
    const nowMs = Date.now();
    for (const check of this.#checks) {
      for (const at of plannedTimes(check, this.#ranUntilMs, nowMs)) this.#publishRun(check, at);
    }
    this.#ranUntilMs = nowMs;
  }

  runNow(check: FixtureCheck): void {
    const at = Date.now();
    check.extraRunsMs = [...check.extraRunsMs, at].slice(-EXTRA_RUNS_KEPT);
    this.#publishRun(check, at);
  }

  takeDown(key: string, trouble: TroubleName): void {
    const check = this.find(key);
    if (check === undefined) return;
    check.outages.unshift({ fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY, trouble });
    this.runNow(check);
  }

  bringUp(key: string): void {
    const check = this.find(key);
    if (check === undefined) return;
    for (const outage of check.outages) outage.toMs = Math.min(outage.toMs, Date.now());
    this.runNow(check);
  }

  setProblem(text: string | undefined): void {
    this.#problem = text === undefined ? undefined : { text, sinceMs: Date.now() };
    this.#publish({ type: 'config', ...(text === undefined ? {} : { problem: text }) });
  }

  overview(nowMs: number): Overview {
    const checks = this.#checks.map((check) => toldSummary(check, nowMs));
    const counts = { up: 0, degraded: 0, down: 0, unknown: 0 };
    for (const check of checks) counts[check.state] += 1;
    const alerts = this.alerts(nowMs).alerts.slice(0, OVERVIEW_ALERTS);
    return {
      nowMs,
      startedAtMs: this.#startedAtMs,
      version: '0.1.0',
      demo: this.#mode === 'demo',
      configFile: 'holdfast.yaml',
      ...(this.#problem === undefined ? {} : { configProblem: this.#problem }),
      counts,
      checks,
      alerts: alerts.map(({ deliveries: _deliveries, ...alert }) => alert),
      agents: summariesOf(this.fleet(nowMs)),
    };
  }

  fleet(nowMs: number): FleetOverview {
    const { startedAtMs, checks } = { startedAtMs: this.#startedAtMs, checks: this.#checks };
    return fleetOf(this.#mode, { nowMs, startedAtMs, checks });
  }

  alerts(nowMs: number): AlertList {
    return { alerts: alertsOf(this.#checks, nowMs) };
  }

  /** A run out of turn; its result is told by the live events too. */
  #measure(check: FixtureCheck, place: string): ToldResult {
    const at = Date.now();
    check.extraRunsMs = [...check.extraRunsMs, at].slice(-EXTRA_RUNS_KEPT);
    this.#publishRunAt(check, at, place);
    return resultOf(seenFrom(check, place), at);
  }

  /** As the history of a morning: two that are over, one that nobody took. */
  #askSome(): void {
    const nowMs = Date.now();
    for (const [index, check] of this.#checks.slice(0, 3).entries()) {
      const at = nowMs - (34 - 11 * index) * 60_000;
      const results = check.places.map((place) => resultOf(seenFrom(check, place), at));
      const { namespace, name } = check;
      const by = index === 1 ? 'nightly-import' : 'operator';
      const given = { run: `old-${index}`, namespace, check: name, requestedAtMs: at, by };
      if (index < 2)
        this.asked.add({ ...given, state: 'finished', locations: check.places, results });
      else
        this.asked.add({
          ...given,
          state: 'expired',
          locations: check.places,
          results: results.slice(0, 1),
        });
    }
  }

  #publishRunAt(check: FixtureCheck, at: number, place: string): void {
    const { state, sinceMs } = toldSummary(check, at + 1);
    const { status, totalMs, fault } = runOf(seenFrom(check, place), at);
    this.#publish({
      type: 'result',
      namespace: check.namespace,
      check: check.name,
      plannedAtMs: at,
      status,
      totalMs,
      ...(fault === undefined ? {} : { fault }),
      state,
      ...(sinceMs === undefined ? {} : { sinceMs }),
      ...(check.places.length < 2 ? {} : { place: placeOf(check, place, at + 1) }),
    });
  }

  #publishRun(check: FixtureCheck, at: number): void {
    for (const place of check.places)
      if (!check.silentPlaces.includes(place)) this.#publishRunAt(check, at, place);
    const told = alertsOf([check], at + 1);
    const changed = told.find((alert) => alert.firedAtMs === at || alert.recoveredAtMs === at);
    if (changed !== undefined) this.#publish({ type: 'alert', alert: changed });
  }
}

export function resultsOf(
  check: FixtureCheck,
  query: URLSearchParams,
  nowMs: number,
): ProbeResult[] {
  const toMs = Math.min(nowMs, Number(query.get('to') ?? nowMs));
  const limit = Math.min(RESULTS_MAX, Number(query.get('limit') ?? 200));
  const longMs = (limit + 20_000) * check.intervalMs;
  const wantedMs = Number(query.get('from') ?? toMs - (limit + 2) * check.intervalMs);
  const fromMs = Math.max(wantedMs, toMs - longMs);
  const status = query.get('status');
  const views = check.places.map((place) => seenFrom(check, place));
  const runs = views.flatMap((view) =>
    plannedTimes(view, fromMs, toMs).map((at) => ({ view, at })),
  );
  runs.sort((a, b) => (query.get('order') === 'asc' ? a.at - b.at : b.at - a.at));
  const isWanted = ({ view, at }: (typeof runs)[number]) =>
    status === null || runOf(view, at).status === status;
  return runs
    .filter(isWanted)
    .slice(0, limit)
    .map(({ view, at }) => resultOf(view, at));
}

export function detailOf(check: FixtureCheck, nowMs: number): CheckDetail {
  const target =
    check.kind === 'http'
      ? {
          url: check.target,
          headers: { authorization: '<secret>' },
          expect: { status: [200], certificateDays: 7 },
        }
      : { address: check.target };
  return {
    ...toldSummary(check, nowMs),
    source: 'holdfast.yaml:12:5',
    resource: {
      apiVersion: 'holdfast.dev/v1',
      kind: 'Check',
      metadata: { name: check.name, namespace: check.namespace, labels: check.labels },
      spec: {
        type: check.kind,
        interval: `${check.intervalMs / 1000}s`,
        timeout: `${check.timeoutMs / 1000}s`,
        ...target,
      },
    },
  };
}

function checksOf(mode: FixtureMode, nowMs: number): FixtureCheck[] {
  if (mode === 'many') return manyChecks(MANY_CHECKS, nowMs);
  if (mode === 'none') return [];
  if (mode === 'kinds') return kindChecks(nowMs);
  if (mode === 'fleet' || mode === 'ill') return placedChecks(nowMs);
  return mode === 'demo' ? demoChecks(nowMs) : fewChecks(nowMs);
}

/** The few at three places: one is bad in one place only, one place of another is silent. */
function placedChecks(nowMs: number): FixtureCheck[] {
  return fewChecks(nowMs).map((check): FixtureCheck => {
    const placed = { ...check, places: [...PLACES] };
    if (check.name === 'storefront')
      placed.outages = [
        {
          fromMs: nowMs - 260_000,
          toMs: Number.POSITIVE_INFINITY,
          trouble: 'refused',
          places: ['nyc'],
        },
      ];
    if (check.name === 'cart') placed.silentPlaces = ['sgp'];
    return check.name === 'mail-relay' ? check : placed;
  });
}
