// Which agents an assignment counts on: those that are there, and for a short grace those that went
// a moment ago, so that an agent which reconnects at once does not move its checks away and back.
// Pure: (roster, what is seen, now) → roster. It must never keep one beyond its grace.

import type { AssignableAgent } from './assign-checks.ts';

export interface RosterTimes {
  /** For an agent that went. */
  graceMs: number;
  /** What comes within it is planned together. */
  settleMs: number;
}

export interface Roster {
  readonly present: readonly AssignableAgent[];
  /** Gone, and counted on until `untilMs`. */
  readonly leaving: readonly { agent: AssignableAgent; untilMs: number }[];
  /** When what was seen is to be planned at the latest. */
  readonly settledAtMs?: number;
}

export const EMPTY_ROSTER: Roster = { present: [], leaving: [] };

/** `agents`: who is there now. */
export function seeAgents(
  roster: Roster,
  agents: readonly AssignableAgent[],
  nowMs: number,
  times: RosterTimes,
): Roster {
  const now = new Set(agents.map(placeOf));
  const before = new Set(
    [...roster.present, ...roster.leaving.map(({ agent }) => agent)].map(placeOf),
  );
  const went = roster.present.filter((agent) => !now.has(placeOf(agent)));
  const leaving = [
    ...roster.leaving.filter(({ agent }) => !now.has(placeOf(agent))),
    ...went.map((agent) => ({ agent, untilMs: nowMs + times.graceMs })),
  ];
  const next = { ...roster, present: agents, leaving };
  const isNew = agents.some((agent) => !before.has(placeOf(agent)));
  return isNew ? seeChange(next, nowMs, times) : next;
}

/** Something else than agents changed. */
export function seeChange(roster: Roster, nowMs: number, { settleMs }: RosterTimes): Roster {
  return { ...roster, settledAtMs: roster.settledAtMs ?? nowMs + settleMs };
}

/** When to plan next; undefined when there is nothing to plan. */
export function dueAtMs(roster: Roster): number | undefined {
  const times = roster.leaving.map(({ untilMs }) => untilMs);
  if (roster.settledAtMs !== undefined) times.push(roster.settledAtMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** After a plan: grace that ran out is over, and what was seen is planned. */
export function planned(roster: Roster, nowMs: number): Roster {
  const { present } = roster;
  return { present, leaving: roster.leaving.filter(({ untilMs }) => untilMs > nowMs) };
}

export function countedOn({ present, leaving }: Roster): AssignableAgent[] {
  return [...present, ...leaving.map(({ agent }) => agent)];
}

/** An agent that comes back at another location is another one. Ids and locations hold no slash. */
function placeOf({ id, location }: AssignableAgent): string {
  return `${location}/${id}`;
}
