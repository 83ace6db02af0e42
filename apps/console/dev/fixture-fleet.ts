// The fleets that the fixtures tell of: a server alone, three servers with six agents at three places,
// the same with much that is wrong, and two thousand agents. Seeded; nothing here is measured.

import type { AgentSummary, FleetAgent, FleetOverview, FleetServer } from '@holdfast/resources/api';
import type { AppliedRecord } from '@holdfast/resources/fleet';
import { chanceOf } from './fixture-chance.ts';
import type { FixtureMode } from './fixture-state.ts';
import type { FixtureCheck } from './fixture-world.ts';

const HOUR_MS = 3_600_000;
const REVISION = '1184';
const OLD_REVISION = '1179';
export const PLACES = ['fra', 'nyc', 'sgp'] as const;

interface World {
  nowMs: number;
  startedAtMs: number;
  checks: readonly FixtureCheck[];
}

export function fleetOf(mode: FixtureMode, world: World): FleetOverview {
  if (mode === 'fleet') return healthy(world);
  if (mode === 'ill') return ill(healthy(world), world);
  if (mode === 'crowd') return crowd(healthy(world), world);
  if (mode === 'none') return agentless(healthy(world));
  return alone(world);
}

/** Of each agent that is connected, as live events tell it. */
export function summariesOf(fleet: FleetOverview): AgentSummary[] {
  return fleet.agents.flatMap(({ summary }) => summary ?? []);
}

function alone({ nowMs, startedAtMs, checks }: World): FleetOverview {
  const url = 'http://127.0.0.1:7070';
  const server = { id: 'this-server', url, version: '0.1.0', startedAtMs };
  const own = agentAt('local', 'local-1', { nowMs, startedAtMs, checks: checks.length });
  const { applied: _applied, ...agent } = own;
  return {
    nowMs,
    leader: { id: server.id, url, sinceMs: startedAtMs, term: '1' },
    servers: [{ ...server, leader: true, answering: true }],
    agents: [agent],
    unassigned: [],
    resources: { revision: '0', digest: '', nodes: [], live: 1, total: 1 },
    engines: {
      coordination: { engine: 'file', shownAs: 'holdfast.yaml', members: [], warnings: [] },
      events: { engine: 'memory', shownAs: 'memory' },
      results: { engine: 'sqlite', shownAs: 'sqlite:data/results.db' },
    },
  };
}

function healthy({ nowMs, startedAtMs, checks }: World): FleetOverview {
  const servers = ['a', 'b', 'c'].map((name): FleetServer => {
    const id = `control-${name}`;
    return {
      id,
      url: `https://${id}.example.com:7070`,
      version: '0.1.0',
      startedAtMs: startedAtMs - chanceOf(id) * 40 * HOUR_MS,
      leader: name === 'b',
      answering: name === 'a',
      applied: appliedAt(id, 'server', nowMs),
    };
  });
  const agents = PLACES.flatMap((location) =>
    [1, 2].map((place) =>
      agentAt(location, `${location}-${place}`, {
        nowMs,
        startedAtMs,
        checks: Math.ceil(checks.length / 2),
      }),
    ),
  );
  return {
    nowMs,
    leader: {
      id: 'control-b',
      url: 'https://control-b.example.com:7070',
      sinceMs: nowMs - 31 * HOUR_MS,
      term: '42',
    },
    servers,
    agents,
    unassigned: [],
    resources: resourcesOf(servers, agents),
    engines: {
      coordination: {
        engine: 'etcd',
        shownAs: 'etcd://etcd-1.example.com:2379, etcd://etcd-2.example.com:2379',
        members: [1, 2, 3].map((place) => ({
          name: `etcd-${place}`,
          endpoint: `http://etcd-${place}.example.com:2379`,
          version: '3.5.24',
          leader: place === 1,
        })),
        warnings: [],
      },
      events: { engine: 'redis', shownAs: 'redis://redis.example.com:6379/0' },
      results: { engine: 'timescaledb', shownAs: 'postgres://results.example.com/holdfast' },
    },
  };
}

/** Just set up. */
function agentless(well: FleetOverview): FleetOverview {
  return { ...well, agents: [], resources: resourcesOf(well.servers, []) };
}

/** Nearly everything that can be wrong at once. */
function ill(well: FleetOverview, { nowMs, checks }: World): FleetOverview {
  const { leader: _leader, ...leaderless } = well;
  const faults = [
    {
      key: 'checks/shop/search',
      problem: 'spec.timeout: 40s is longer than the interval of 10s.',
    },
  ];
  const servers = well.servers.map(
    (server): FleetServer => ({
      ...server,
      leader: false,
      applied: { ...appliedAt(server.id, 'server', nowMs), faults },
    }),
  );
  const agents = well.agents
    .filter(({ location }) => location !== 'sgp')
    .map((agent): FleetAgent => {
      if (agent.id === 'fra-2')
        return { ...agent, applied: { ...appliedAt('fra-2', 'agent', nowMs), ...OLD } };
      if (agent.id === 'nyc-1' && agent.summary !== undefined)
        return { ...agent, buffered: 4182, summary: { ...agent.summary, scheduleLagMsP99: 2430 } };
      if (agent.id !== 'nyc-2') return agent;
      const { summary: _summary, buffered: _buffered, ...gone } = agent;
      return { ...gone, live: false, version: '0.0.9' };
    });
  const { coordination } = well.engines;
  return {
    ...leaderless,
    servers,
    agents,
    unassigned: checks.map(({ namespace, name }) => ({ namespace, check: name, location: 'sgp' })),
    resources: { ...resourcesOf(servers, agents), lagMsP99: 212 },
    engines: {
      ...well.engines,
      coordination: {
        ...coordination,
        members: coordination.members.map((member) => ({ ...member, version: '3.4.23' })),
        warnings: [
          'etcd 3.4.23 is below 3.5.23: a watch may skip a revision after a compaction. Upgrade to 3.5.23 or later.',
        ],
      },
    },
  };
}

const OLD = { revision: OLD_REVISION, digest: 'b71c' };
const CROWD_PLACES = 24;
const CROWD_AGENTS = 2000;

function crowd(well: FleetOverview, { nowMs, startedAtMs }: World): FleetOverview {
  const agents = Array.from({ length: CROWD_AGENTS }, (_, place): FleetAgent => {
    const location = `edge-${String((place % CROWD_PLACES) + 1).padStart(2, '0')}`;
    const id = `${location}-${String(Math.floor(place / CROWD_PLACES) + 1).padStart(3, '0')}`;
    const agent = agentAt(location, id, { nowMs, startedAtMs, checks: 40 });
    const luck = chanceOf(`luck ${id}`);
    if (luck < 0.001) return { ...agent, live: false };
    if (luck > 0.998) return { ...agent, buffered: 900 + Math.floor(luck * 300) };
    return agent;
  });
  return { ...well, agents, resources: resourcesOf(well.servers, agents) };
}

function agentAt(
  location: string,
  id: string,
  { nowMs, startedAtMs, checks }: { nowMs: number; startedAtMs: number; checks: number },
): FleetAgent {
  const luck = chanceOf(id);
  const beganAtMs = startedAtMs - luck * 30 * HOUR_MS;
  const summary: AgentSummary = {
    id,
    location,
    connected: true,
    startedAtMs: beganAtMs,
    residentBytes: 62_000_000 + luck * 24_000_000,
    checks,
    inFlight: Math.min(3, checks),
    runs: Math.floor(((nowMs - beganAtMs) / 10_000) * checks),
    missed: Math.floor(luck * luck * 6),
    loopLagMs: 0.6 + luck,
    scheduleLagMsP99: 1.8 + luck * 4,
  };
  return {
    id,
    location,
    version: '0.1.0',
    startedAtMs: beganAtMs,
    live: true,
    checks,
    summary,
    buffered: Math.floor(luck * 4),
    applied: appliedAt(id, 'agent', nowMs),
  };
}

function appliedAt(node: string, role: AppliedRecord['role'], nowMs: number): AppliedRecord {
  return {
    node,
    role,
    revision: REVISION,
    digest: '9f2e',
    appliedAtMs: nowMs - 700_000,
    lagMsP99: 14 + 30 * chanceOf(node),
    faults: [],
  };
}

function resourcesOf(
  servers: readonly FleetServer[],
  agents: readonly FleetAgent[],
): FleetOverview['resources'] {
  const live = [...servers, ...agents.filter((agent) => agent.live)];
  const nodes = live.flatMap(({ applied }) => applied ?? []);
  return {
    revision: REVISION,
    digest: '9f2e',
    nodes,
    live: nodes.filter(({ digest }) => digest === '9f2e').length,
    total: live.length,
    lagMsP99: 42,
  };
}
