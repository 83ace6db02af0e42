// Everything the fleet page shows, put together from what this server sees. Pure.

import type { CoordinationFacts } from '@holdfast/engines/coordination';
import type { Leader } from '@holdfast/engines/leader';
import { appliedOverview } from '@holdfast/fleet/applied';
import type { FleetView } from '@holdfast/fleet/membership';
import type { FleetAgent, FleetEngines, FleetOverview, FleetServer } from '@holdfast/resources/api';
import type { AppliedRecord } from '@holdfast/resources/fleet';
import type { AgentReports } from './agent-reports.ts';

const UNASSIGNED_MAX = 1_000;

export interface OverviewParts {
  nowMs: number;
  /** Of the server that answers. */
  own: string;
  leader: Leader | undefined;
  fleet: Pick<FleetView, 'servers' | 'agents' | 'assignments' | 'applied'>;
  reports: Pick<AgentReports, 'of'>;
  unassigned: FleetOverview['unassigned'];
  resources: { revision: string; digest: string };
  engines: {
    coordination: CoordinationFacts;
    events: { engine: string; endpoint: string };
    results: { engine: string; shownAs: string };
  };
}

export function fleetOverview(parts: OverviewParts): FleetOverview {
  const { nowMs, own, leader, fleet, reports, unassigned, resources } = parts;
  const applied = new Map(fleet.applied().map((record) => [record.node, record]));
  const servers = fleet.servers();
  const agents = agentsOf(fleet, reports, applied);
  const live = [...servers, ...agents.filter((agent) => agent.live)].map(({ id }) => id);
  return {
    nowMs,
    ...(leader === undefined ? {} : { leader: leaderOf(leader) }),
    servers: servers.map(
      (server): FleetServer => ({
        id: server.id,
        url: server.url,
        version: server.version,
        startedAtMs: server.startedAtMs,
        leader: server.id === leader?.id,
        answering: server.id === own,
        ...withApplied(applied.get(server.id)),
      }),
    ),
    agents,
    unassigned: unassigned.slice(0, UNASSIGNED_MAX),
    resources: appliedOverview(resources, live, fleet.applied()),
    engines: enginesOf(parts.engines),
  };
}

/** Agents that hold a lease: whoever lost it is not here. */
function agentsOf(
  fleet: OverviewParts['fleet'],
  reports: OverviewParts['reports'],
  applied: ReadonlyMap<string, AppliedRecord>,
): FleetAgent[] {
  const assigned = new Map(fleet.assignments().map((one) => [one.agent, one.checks.length]));
  return fleet.agents().map(({ id, location, version, startedAtMs }) => {
    const report = reports.of(id);
    return {
      id,
      location,
      version,
      startedAtMs,
      live: true,
      checks: assigned.get(id) ?? 0,
      ...(report === undefined ? {} : { summary: report.summary, buffered: report.buffered }),
      ...withApplied(applied.get(id)),
    };
  });
}

function leaderOf({ id, url, term, sinceMs }: Leader): NonNullable<FleetOverview['leader']> {
  return { id, url, sinceMs, term: String(term) };
}

function withApplied(applied: AppliedRecord | undefined) {
  return applied === undefined ? {} : { applied };
}

function enginesOf({ coordination, events, results }: OverviewParts['engines']): FleetEngines {
  const { engine, endpoints, members, warnings } = coordination;
  return {
    coordination: { engine, shownAs: endpoints.join(', ') || engine, members, warnings },
    events: { engine: events.engine, shownAs: events.endpoint },
    results,
  };
}
