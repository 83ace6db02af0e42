// The world that the fixture server tells of, and what happens in it: checks run when they are due,
// go down and come up on demand, and every change is an event. Knows nothing of HTTP.

import type { AlertList, CheckDetail, LiveEvent, Overview } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import { alertsOf } from './fixture-alerts.ts';
import type { TroubleName } from './fixture-faults.ts';
import { kindChecks } from './fixture-kinds.ts';
import { resultOf } from './fixture-results.ts';
import { plannedTimes, runOf, summaryOf } from './fixture-runs.ts';
import { demoChecks, type FixtureCheck, fewChecks, manyChecks } from './fixture-world.ts';

export type FixtureMode = 'few' | 'many' | 'none' | 'demo' | 'kinds' | 'errors' | 'slow';

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

  constructor(mode: FixtureMode, publish: (event: LiveEvent) => void) {
    this.#mode = mode;
    this.#publish = publish;
    this.#checks = checksOf(mode, Date.now());
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
    const checks = this.#checks.map((check) => summaryOf(check, nowMs));
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
      agents: [agentOf(checks.length, this.#startedAtMs)],
    };
  }

  alerts(nowMs: number): AlertList {
    return { alerts: alertsOf(this.#checks, nowMs) };
  }

  #publishRun(check: FixtureCheck, at: number): void {
    const { state, sinceMs } = summaryOf(check, at + 1);
    const { status, totalMs, fault } = runOf(check, at);
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
    });
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
  const times = plannedTimes(check, fromMs, toMs);
  if (query.get('order') !== 'asc') times.reverse();
  const wanted = status === null ? times : times.filter((at) => runOf(check, at).status === status);
  return wanted.slice(0, limit).map((at) => resultOf(check, at));
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
    ...summaryOf(check, nowMs),
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
  return mode === 'demo' ? demoChecks(nowMs) : fewChecks(nowMs);
}

function agentOf(checks: number, startedAtMs: number): Overview['agents'][number] {
  return {
    id: 'local-1',
    location: 'local',
    connected: true,
    startedAtMs,
    residentBytes: 71_400_000,
    checks,
    inFlight: Math.min(3, checks),
    runs: 1_284_210,
    missed: 4,
    loopLagMs: 1.1,
    scheduleLagMsP99: 3.4,
  };
}
