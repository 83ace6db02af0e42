// What a fleet has on record, asked from its store in SQL: whether each check was measured at each of
// its planned instants, once, and by whom.

import type { AssignmentRecord } from '@holdfast/resources/fleet';
import type { FleetHouse } from './fleet-house.ts';

export interface Run {
  check: string;
  location: string;
  plannedAtMs: number;
  agent: string;
}

export interface Gap {
  check: string;
  location: string;
  /** Of the last run before it and the first after it. */
  fromMs: number;
  toMs: number;
  missing: number;
}

/** Planned at `fromMs` or later, ascending. */
export async function runsSince(house: FleetHouse, fromMs: number): Promise<Run[]> {
  const rows = await house.sql(
    `SELECT "check", location, round(extract(epoch FROM planned_at) * 1000), agent
     FROM holdfast.check_runs WHERE planned_at >= to_timestamp(${fromMs / 1_000}) ORDER BY planned_at`,
  );
  return rows.map(([check = '', location = '', planned, agent = '']) => ({
    check,
    location,
    plannedAtMs: Number(planned),
    agent,
  }));
}

export function byPlace(runs: readonly Run[]): Map<string, Run[]> {
  return Map.groupBy(runs, ({ check, location }) => `${check}@${location}`);
}

/** Instants of the plan of which there is no run, between the first and the last run of each check. */
export function gapsIn(runs: readonly Run[], intervalMs: number): Gap[] {
  return [...byPlace(runs).values()].flatMap((own) =>
    own.slice(1).flatMap((run, index): Gap[] => {
      const { check, location, plannedAtMs: fromMs } = own[index] as Run;
      const missing = Math.round((run.plannedAtMs - fromMs) / intervalMs) - 1;
      return missing < 1 ? [] : [{ check, location, fromMs, toMs: run.plannedAtMs, missing }];
    }),
  );
}

/** Runs that are there a second time, or beside the plan of their check. */
export function strangersIn(runs: readonly Run[], intervalMs: number): Run[] {
  return [...byPlace(runs).values()].flatMap((own) => {
    const phaseMs = (own[0]?.plannedAtMs ?? 0) % intervalMs;
    return own.filter(
      ({ plannedAtMs }, index) =>
        plannedAtMs % intervalMs !== phaseMs || own[index - 1]?.plannedAtMs === plannedAtMs,
    );
  });
}

/** As they stand in etcd, read by etcd's own tool. */
export async function assignments(house: FleetHouse): Promise<AssignmentRecord[]> {
  const text = await house.etcd.control([
    'get',
    '--prefix',
    '--print-value-only',
    '/holdfast/v1/assignments/',
  ]);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AssignmentRecord);
}
