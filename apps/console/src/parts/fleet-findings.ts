// What is wrong with the fleet, worst first, from what a server tells of it. Pure. Each finding is a
// fact of the answer, never a guess: an agent that says nothing of itself is not called ill for that.

import type { FleetAgent, FleetOverview, FleetServer } from '@holdfast/resources/api';

export type Finding =
  | { kind: 'noLeader' }
  | { kind: 'memberless'; engine: string }
  | { kind: 'nowhere'; checks: number; locations: string[] }
  | { kind: 'noAgent' }
  | { kind: 'silent'; agents: string[] }
  | { kind: 'behind'; nodes: string[]; revision: string }
  | { kind: 'faulty'; key: string; problem: string; nodes: number }
  | { kind: 'late'; agents: string[]; lagMs: number }
  | { kind: 'waiting'; agents: string[]; results: number }
  | { kind: 'warning'; engine: string; text: string }
  | { kind: 'versions'; versions: string[] };

export type AgentHealth = 'silent' | 'behind' | 'late' | 'waiting' | 'well';

/** Of a schedule; later than that a run of a second-long interval is lost. */
const LATE_MS = 1000;
/** An event loop that waits so long cannot time anything. */
const LOOP_LATE_MS = 250;
/** Results on their way are no trouble: a few, or two for each check. */
const WAITING_FEW = 50;
const WAITING_PER_CHECK = 2;
/** Resources with faults that are named one by one. */
const FAULTY_MAX = 5;

/** Worst first; empty when all is well. */
export function fleetFindings(fleet: FleetOverview): Finding[] {
  const { coordination } = fleet.engines;
  const { members, engine } = coordination;
  const found: Finding[] = [];
  if (fleet.leader === undefined) found.push({ kind: 'noLeader' });
  if (members.length > 0 && !members.some((member) => member.leader))
    found.push({ kind: 'memberless', engine });
  if (fleet.unassigned.length > 0)
    found.push({
      kind: 'nowhere',
      checks: new Set(fleet.unassigned.map(({ namespace, check }) => `${namespace}/${check}`)).size,
      locations: [...unassignedByLocation(fleet.unassigned).keys()],
    });
  if (fleet.agents.length === 0) found.push({ kind: 'noAgent' });
  found.push(...agentFindings(fleet), ...resourceFindings(fleet));
  for (const text of coordination.warnings) found.push({ kind: 'warning', engine, text });
  const versions = [...new Set([...fleet.servers, ...fleet.agents].map((node) => node.version))];
  if (versions.length > 1) found.push({ kind: 'versions', versions: versions.sort() });
  return found.sort((a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind));
}

const RANK: readonly Finding['kind'][] = [
  'noLeader',
  'memberless',
  'nowhere',
  'noAgent',
  'silent',
  'behind',
  'faulty',
  'late',
  'waiting',
  'warning',
  'versions',
];

/** What is worst about an agent; its figures are those that it told the answering server. */
export function agentHealth(
  agent: FleetAgent,
  resources: Pick<FleetOverview['resources'], 'digest'>,
): AgentHealth {
  if (isSilent(agent)) return 'silent';
  if (isBehind(agent, resources)) return 'behind';
  if (isLate(agent)) return 'late';
  return isWaiting(agent) ? 'waiting' : 'well';
}

export function isLate({ summary }: FleetAgent): boolean {
  return lagMsOf(summary) > LATE_MS || (summary?.loopLagMs ?? 0) > LOOP_LATE_MS;
}

/** More results than are on their way at any time. */
export function isWaiting({ buffered = 0, checks }: FleetAgent): boolean {
  return buffered > Math.max(WAITING_FEW, WAITING_PER_CHECK * checks);
}

/** A node that told nothing yet is not behind: it has just come. */
export function isBehind(
  { applied }: FleetAgent | FleetServer,
  { digest }: Pick<FleetOverview['resources'], 'digest'>,
): boolean {
  return digest !== '' && applied !== undefined && applied.digest !== digest;
}

/** Names of checks by location, both ascending. */
export function unassignedByLocation(
  unassigned: FleetOverview['unassigned'],
): Map<string, { namespace: string; check: string }[]> {
  const places = new Map<string, { namespace: string; check: string }[]>();
  const order = (text: { namespace: string; check: string }) => `${text.namespace}/${text.check}`;
  for (const { location, namespace, check } of unassigned) {
    const checks = places.get(location) ?? [];
    places.set(location, checks);
    checks.push({ namespace, check });
  }
  for (const checks of places.values()) checks.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return new Map([...places].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A configuration file stands for the engine: the server is the whole fleet. */
export function standsAlone({ servers, engines }: FleetOverview): boolean {
  return servers.length === 1 && engines.coordination.engine === 'file';
}

function isSilent({ live, summary }: FleetAgent): boolean {
  return !live || summary?.connected === false;
}

function lagMsOf(summary: FleetAgent['summary']): number {
  return summary?.scheduleLagMsP99 ?? 0;
}

function agentFindings({ agents }: FleetOverview): Finding[] {
  const ids = (list: readonly FleetAgent[]) => list.map(({ id }) => id);
  const silent = agents.filter(isSilent);
  const speaking = agents.filter((agent) => !isSilent(agent));
  const [late, waiting] = [speaking.filter(isLate), speaking.filter(isWaiting)];
  const found: Finding[] = [];
  if (silent.length > 0) found.push({ kind: 'silent', agents: ids(silent) });
  if (late.length > 0)
    found.push({
      kind: 'late',
      agents: ids(late),
      lagMs: late.reduce(
        (worst, { summary }) => Math.max(worst, lagMsOf(summary), summary?.loopLagMs ?? 0),
        0,
      ),
    });
  if (waiting.length > 0)
    found.push({
      kind: 'waiting',
      agents: ids(waiting),
      results: waiting.reduce((sum, { buffered }) => sum + (buffered ?? 0), 0),
    });
  return found;
}

function resourceFindings({ servers, agents, resources }: FleetOverview): Finding[] {
  const nodes = [...servers, ...agents.filter((agent) => agent.live)];
  const behind = nodes.filter((node) => isBehind(node, resources)).map(({ id }) => id);
  const { revision } = resources;
  const found: Finding[] = behind.length === 0 ? [] : [{ kind: 'behind', nodes: behind, revision }];
  const faults = new Map<string, { key: string; problem: string; nodes: number }>();
  for (const { key, problem } of resources.nodes.flatMap((node) => node.faults)) {
    const known = faults.get(key) ?? { key, problem, nodes: 0 };
    known.nodes += 1;
    faults.set(key, known);
  }
  const named = [...faults.values()].slice(0, FAULTY_MAX);
  return [...found, ...named.map((fault): Finding => ({ kind: 'faulty', ...fault }))];
}
