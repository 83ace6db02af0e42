// What users of a fleet see of a death: an agent is killed, then the server that leads, all of them real
// processes. The target knows each request and PostgreSQL each result, so that what was lost or kept twice
// is counted, not believed.

import { openPostgresStore } from '@holdfast/engines/postgres';
import { silentLogger, systemClock } from '@holdfast/kernel';
import type { BenchOptions } from '../../bench.ts';
import { exactly, type Row, rowOf } from '../../report.ts';
import {
  BenchFleet,
  FLEET_CHECKS,
  FLEET_INTERVAL_MS,
  FLEET_LEASE_MS,
  until,
} from '../bench-fleet.ts';
import { type CountedRequest, NUMBER_HEADER } from '../counted-target.ts';
import { machineMs } from '../machine-clock.ts';

const CALM_MS = 5_000;
const CALM_QUICK_MS = 2_000;
/** Agents hand in several times a second: what is older was not in flight. */
const IN_FLIGHT_MS = 2_000;
/** A run that begins while its agent is stopped is broken off. */
const LAST_RUNS_MS = 1_500;
const ROWS_MAX = 10_000;
const PAUSE_MS_MAX = 3_000;

interface Losses {
  inFlight: number;
  lost: number;
  twice: number;
}

export async function benchFleetFailOver({ quick, progress }: BenchOptions): Promise<Row[]> {
  const fleet = await BenchFleet.start(progress);
  try {
    const sinceMs = machineMs();
    const sinceWallMs = Date.now();
    await passes(quick ? CALM_QUICK_MS : CALM_MS);
    progress('fail-over: an agent is killed');
    const killedMs = machineMs();
    const movedMs = await agentDies(fleet, killedMs);
    progress('fail-over: the server that leads is killed');
    const serverRows = quick ? [] : await leaderDies(fleet);
    await passes(LAST_RUNS_MS);
    const endMs = machineMs() - LAST_RUNS_MS;
    await fleet.stopAgents();
    const kept = await keptAnswers(fleet, sinceWallMs - CALM_MS);
    const counted = fleet.target.requests.filter(({ atMs }) => atMs > sinceMs && atMs < endMs);
    return [
      row('agent killed → checks run again, worst', 'ms', movedMs, 2 * FLEET_LEASE_MS),
      ...serverRows,
      ...lossRows(lossesOf(counted, kept, killedMs), counted.length),
    ];
  } finally {
    await fleet.close();
  }
}

/** The longest that a check waited for its next run. */
async function agentDies(fleet: BenchFleet, killedMs: number): Promise<number> {
  const [agent] = fleet.agents.values();
  await agent?.kill();
  const next = () => {
    const after = fleet.target.requests.filter(({ atMs }) => atMs > killedMs);
    const first = new Map<string, number>();
    for (const { check, atMs } of after) if (!first.has(check)) first.set(check, atMs);
    return first;
  };
  await until('the checks of the dead agent run', () => next().size === FLEET_CHECKS);
  return Math.max(...next().values()) - killedMs;
}

async function leaderDies(fleet: BenchFleet): Promise<Row[]> {
  const { leader } = await fleet.overview();
  const killed = fleet.servers.get(leader?.id ?? '');
  if (leader === undefined || killed === undefined) throw new Error('No server leads.');
  const killedMs = machineMs();
  await killed.process.kill();
  await until('another server leads', async () => {
    const now = (await fleet.overview()).leader;
    return now !== undefined && now.term !== leader.term;
  });
  const tookMs = machineMs() - killedMs;
  await passes(FLEET_INTERVAL_MS);
  return [
    row('leading server killed → another leads', 'ms', tookMs, FLEET_LEASE_MS + 1_000),
    row('meanwhile, longest pause of a check', 'ms', longestPauseMs(fleet, killedMs), PAUSE_MS_MAX),
  ];
}

function longestPauseMs(fleet: BenchFleet, fromMs: number): number {
  const last = new Map<string, number>();
  let longestMs = 0;
  for (const { check, atMs } of fleet.target.requests) {
    const before = last.get(check);
    if (before !== undefined && atMs > fromMs) longestMs = Math.max(longestMs, atMs - before);
    last.set(check, atMs);
  }
  return longestMs;
}

/** How often each answer of the target stands in the store, by its number. */
async function keptAnswers(fleet: BenchFleet, fromMs: number): Promise<Map<string, number>> {
  const { url } = fleet.postgres;
  const store = await openPostgresStore({ url, clock: systemClock, logger: silentLogger });
  const kept = new Map<string, number>();
  try {
    for (let number = 0; number < FLEET_CHECKS; number += 1) {
      const check = { namespace: 'default', check: `check-${number}` };
      const range = { fromMs, toMs: Date.now() + CALM_MS };
      for (const { detail } of await store.results.series({ check, ...range, limit: ROWS_MAX })) {
        const number = (detail.headers as Record<string, string> | undefined)?.[NUMBER_HEADER];
        if (number !== undefined) kept.set(number, (kept.get(number) ?? 0) + 1);
      }
    }
    return kept;
  } finally {
    await store.close();
  }
}

function lossesOf(
  requests: readonly CountedRequest[],
  kept: ReadonlyMap<string, number>,
  killedMs: number,
): Losses {
  const missing = requests.filter(({ number }) => !kept.has(number));
  const isInFlight = ({ atMs }: CountedRequest) =>
    atMs > killedMs - IN_FLIGHT_MS && atMs <= killedMs;
  const inFlight = missing.filter(isInFlight).length;
  const twice = [...kept.values()].filter((times) => times > 1).length;
  return { inFlight, lost: missing.length - inFlight, twice };
}

function lossRows({ inFlight, lost, twice }: Losses, requests: number): Row[] {
  const of = `of ${requests.toLocaleString('en-US')}`;
  const inFlightMax = (FLEET_CHECKS * IN_FLIGHT_MS) / FLEET_INTERVAL_MS;
  return [
    row(`results kept twice ${of}`, 'runs', twice, 0),
    row(`results lost ${of}, not in flight`, 'runs', lost, 0),
    row('results in flight in the killed agent', 'runs', inFlight, inFlightMax),
  ];
}

function row(metric: string, unit: string, ours: number, value: number): Row {
  return rowOf({ metric, unit, goal: { of: 'ours', op: '<=', value }, ours: exactly(ours) });
}

function passes(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
