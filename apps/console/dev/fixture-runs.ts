// From a check and a planned time to the run it had: pure, seeded by both. The light form of a run
// (status and total), for lists, bars and buckets; fixture-results.ts has the whole result.

import type { CheckState, CheckSummary, LatencyBucket } from '@holdfast/resources/api';
import type { Fault, Status } from '@holdfast/resources/result';
import { chanceOf } from './fixture-chance.ts';
import { TROUBLES, type Trouble } from './fixture-faults.ts';
import type { FixtureCheck } from './fixture-world.ts';

export interface Run {
  plannedAtMs: number;
  status: Status;
  totalMs: number;
  fault?: Fault;
}

const DAY_MS = 86_400_000;
const LETTERS = { up: 'u', down: 'd', timeout: 't', invalid: 'i' } as const;

/** Planned times in [fromMs, toMs), oldest first, runs out of turn included. */
export function plannedTimes(check: FixtureCheck, fromMs: number, toMs: number): number[] {
  const offset = Math.floor(chanceOf(`${check.namespace}/${check.name}`) * check.intervalMs);
  const startMs = Math.max(fromMs, check.startedAtMs);
  const times: number[] = [];
  const first = Math.ceil((startMs - offset) / check.intervalMs) * check.intervalMs + offset;
  for (let at = first; at < toMs && !check.paused; at += check.intervalMs) {
    if (!check.silences.some((silence) => at >= silence.fromMs && at < silence.toMs))
      times.push(at);
  }
  const extra = check.extraRunsMs.filter((at) => at >= fromMs && at < toMs);
  return extra.length === 0 ? times : [...times, ...extra].sort((a, b) => a - b);
}

/** The last `count` planned times before now, oldest first. */
export function lastTimes(check: FixtureCheck, count: number, nowMs: number): number[] {
  return plannedTimes(check, nowMs - (count + 2) * check.intervalMs, nowMs).slice(-count);
}

export function runOf(check: FixtureCheck, plannedAtMs: number): Run {
  const seed = `${check.namespace}/${check.name}@${plannedAtMs}`;
  const trouble = troubleAt(check, plannedAtMs, seed);
  if (trouble === undefined)
    return { plannedAtMs, status: 'up', totalMs: latencyAt(check, plannedAtMs, seed) };
  const { status, fault, failMs } = trouble;
  const totalMs =
    failMs === undefined
      ? check.timeoutMs + chanceOf(`${seed} over`) * 3
      : failMs * (0.9 + 0.3 * chanceOf(`${seed} fail`));
  return { plannedAtMs, status, totalMs, fault };
}

export function summaryOf(check: FixtureCheck, nowMs: number): CheckSummary {
  const runs = lastTimes(check, 60, nowMs).map((at) => runOf(check, at));
  const last = runs.at(-1);
  const valid = runs.filter((run) => run.status !== 'invalid');
  const up = valid
    .filter((run) => run.status === 'up')
    .map((run) => run.totalMs)
    .sort((a, b) => a - b);
  const state = stateOf(valid);
  const sinceMs = state === 'unknown' ? undefined : sinceOf(check, state, nowMs);
  return {
    namespace: check.namespace,
    name: check.name,
    kind: check.kind,
    target: check.target,
    labels: check.labels,
    intervalMs: check.intervalMs,
    timeoutMs: check.timeoutMs,
    paused: check.paused,
    state,
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(last === undefined
      ? {}
      : { lastStatus: last.status, lastTotalMs: last.totalMs, lastPlannedAtMs: last.plannedAtMs }),
    ...(last?.fault === undefined ? {} : { lastFault: last.fault }),
    recent: runs.map((run) => ({
      plannedAtMs: run.plannedAtMs,
      totalMs: run.totalMs,
      run: LETTERS[run.status],
    })),
    ...(valid.length === 0 ? {} : { availability24h: availabilityOf(check, nowMs) }),
    ...(up.length === 0 ? {} : { p50Ms: quantile(up, 0.5), p95Ms: quantile(up, 0.95) }),
    ...(check.certificateDays === undefined
      ? {}
      : { certificateExpiresAtMs: nowMs + check.certificateDays * DAY_MS + 3_600_000 }),
    missedRuns: check.silences.length * 54,
  };
}

export function stateOf(valid: readonly Run[]): CheckState {
  const last = valid.at(-1);
  if (last === undefined) return 'unknown';
  if (last.status !== 'up') return 'down';
  return valid.slice(-5).some((run) => run.status !== 'up') ? 'degraded' : 'up';
}

export function latencyBuckets(
  check: FixtureCheck,
  fromMs: number,
  toMs: number,
  stepMs: number,
): LatencyBucket[] {
  const buckets: LatencyBucket[] = [];
  for (let startMs = Math.floor(fromMs / stepMs) * stepMs; startMs < toMs; startMs += stepMs) {
    const times = plannedTimes(check, startMs, startMs + stepMs);
    const kept = times.filter(
      (_, index) => index % Math.max(1, Math.ceil(times.length / 40)) === 0,
    );
    const runs = kept.map((at) => runOf(check, at));
    if (runs.length > 0) buckets.push(bucketOf(runs, startMs, stepMs));
  }
  return buckets;
}

function troubleAt(check: FixtureCheck, atMs: number, seed: string): Trouble | undefined {
  const outage = check.outages.find((item) => atMs >= item.fromMs && atMs < item.toMs);
  if (outage !== undefined) return TROUBLES[outage.trouble];
  return check.flakiness > 0 && chanceOf(`${seed} flaky`) < check.flakiness
    ? TROUBLES.failing
    : undefined;
}

/** A day's swell, a fat tail, and a slow minute now and then. */
function latencyAt(check: FixtureCheck, atMs: number, seed: string): number {
  const day = 1 + 0.25 * Math.sin((atMs / DAY_MS) * 2 * Math.PI);
  const hour = 1 + 0.08 * Math.sin((atMs / 3_600_000) * 2 * Math.PI);
  const tail = 1 + 0.1 * -Math.log(1 - 0.999 * chanceOf(`${seed} tail`));
  const slow = chanceOf(`${check.name} ${Math.floor(atMs / 240_000)}`) > 0.96 ? 1.9 : 1;
  return (
    Math.round(
      Math.min(check.timeoutMs * 0.98, check.baseMs * day * hour * tail * slow * 0.9) * 1000,
    ) / 1000
  );
}

function sinceOf(check: FixtureCheck, state: CheckState, nowMs: number): number {
  const open = check.outages.find((outage) => nowMs >= outage.fromMs && nowMs < outage.toMs);
  if (state === 'down' && open !== undefined)
    return plannedTimes(check, open.fromMs, nowMs)[0] ?? open.fromMs;
  const times = lastTimes(check, 60, nowMs).reverse();
  const wanted = state === 'degraded' || state === 'up' ? 'up' : 'down';
  const broken = times.find((at) => (runOf(check, at).status === 'up' ? 'up' : 'down') !== wanted);
  return broken === undefined
    ? Math.max(check.startedAtMs, nowMs - 26 * DAY_MS)
    : broken + check.intervalMs;
}

function availabilityOf(check: FixtureCheck, nowMs: number): number {
  const times = Array.from({ length: 200 }, (_, index) => nowMs - (index * DAY_MS) / 200).filter(
    (at) => at >= check.startedAtMs,
  );
  const valid = times.map((at) => runOf(check, at).status).filter((status) => status !== 'invalid');
  return valid.length === 0 ? 1 : valid.filter((status) => status === 'up').length / valid.length;
}

function bucketOf(runs: readonly Run[], startMs: number, stepMs: number): LatencyBucket {
  const count = (status: Status): number => runs.filter((run) => run.status === status).length;
  const up = runs
    .filter((run) => run.status === 'up')
    .map((run) => run.totalMs)
    .sort((a, b) => a - b);
  const counts = {
    startMs,
    stepMs,
    up: count('up'),
    down: count('down'),
    timeout: count('timeout'),
    invalid: count('invalid'),
  };
  if (up.length === 0) return counts;
  return {
    ...counts,
    minMs: up[0] ?? 0,
    p50Ms: quantile(up, 0.5),
    p95Ms: quantile(up, 0.95),
    p99Ms: quantile(up, 0.99),
    maxMs: up.at(-1) ?? 0,
  };
}

export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
