// The agents as lines of a list: a head for each location, under it its agents, those first that are not
// well. Pure; the list builds only the lines in view, so all of them have one height.

import type { FleetAgent, FleetOverview } from '@holdfast/resources/api';
import { type AgentHealth, agentHealth } from './fleet-findings.ts';

export type AgentRow =
  | { kind: 'location'; location: string; live: number; total: number; checks: number }
  | { kind: 'agent'; agent: FleetAgent; health: AgentHealth };

export interface AgentFilter {
  /** Every word must occur in the name of the agent or of its location. */
  text: string;
  /** Only those that are not well. */
  unwell: boolean;
}

export interface AgentList {
  rows: AgentRow[];
  /** Agents among the rows. */
  shown: number;
  unwell: number;
}

export function agentList(
  { agents, resources }: Pick<FleetOverview, 'agents' | 'resources'>,
  filter: AgentFilter,
): AgentList {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const judged = agents.map((agent) => ({ agent, health: agentHealth(agent, resources) }));
  const ill = judged.filter(({ health }) => health !== 'well');
  const found = (filter.unwell ? ill : judged).filter(({ agent: { id, location } }) =>
    words.every((word) => `${location} ${id}`.toLowerCase().includes(word)),
  );
  const places = new Map<string, typeof found>();
  for (const one of found) {
    const place = places.get(one.agent.location) ?? [];
    places.set(one.agent.location, place);
    place.push(one);
  }
  const rows = [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([location, there]): AgentRow[] => [
      headOf(location, agents),
      ...there
        .sort((a, b) => RANK[a.health] - RANK[b.health] || (a.agent.id < b.agent.id ? -1 : 1))
        .map(({ agent, health }): AgentRow => ({ kind: 'agent', agent, health })),
    ]);
  return { rows, shown: found.length, unwell: ill.length };
}

const RANK: Record<AgentHealth, number> = { silent: 0, behind: 1, late: 2, waiting: 3, well: 4 };

/** Of all agents there, whatever the filter leaves. */
function headOf(location: string, agents: readonly FleetAgent[]): AgentRow {
  const there = agents.filter((agent) => agent.location === location);
  return {
    kind: 'location',
    location,
    live: there.filter((agent) => agent.live).length,
    total: there.length,
    checks: there.reduce((sum, agent) => sum + agent.checks, 0),
  };
}
