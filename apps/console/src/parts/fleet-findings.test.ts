import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentSummary, FleetAgent, FleetOverview } from '@holdfast/resources/api';
import fc from 'fast-check';
import { type AgentList, agentList } from './fleet-agent-rows.ts';
import { agentHealth, fleetFindings, standsAlone, unassignedByLocation } from './fleet-findings.ts';

const NOW_MS = 1_700_000_000_000;
const RESOURCES = { revision: '7', digest: 'd', nodes: [], live: 1, total: 1 };

function summary(changes: Partial<AgentSummary> = {}): AgentSummary {
  return {
    id: 'fra-1',
    location: 'fra',
    connected: true,
    startedAtMs: NOW_MS,
    residentBytes: 1,
    checks: 10,
    inFlight: 0,
    runs: 0,
    missed: 0,
    loopLagMs: 1,
    scheduleLagMsP99: 2,
    ...changes,
  };
}

function agent(id: string, changes: Partial<FleetAgent> = {}): FleetAgent {
  const location = id.split('-')[0] ?? '';
  return { id, location, version: '1', startedAtMs: NOW_MS, live: true, checks: 10, ...changes };
}

function applied(node: string, digest: string, faults: { key: string; problem: string }[] = []) {
  return { node, role: 'agent' as const, revision: '7', digest, appliedAtMs: NOW_MS, faults };
}

function fleet(changes: Partial<FleetOverview> = {}): FleetOverview {
  const server = { id: 's1', url: 'http://s1', version: '1', startedAtMs: NOW_MS };
  return {
    nowMs: NOW_MS,
    leader: { id: 's1', url: 'http://s1', sinceMs: NOW_MS, term: '3' },
    servers: [{ ...server, leader: true, answering: true }],
    agents: [agent('fra-1')],
    unassigned: [],
    resources: RESOURCES,
    engines: {
      coordination: { engine: 'etcd', shownAs: 'etcd://a', members: [], warnings: [] },
      events: { engine: 'redis', shownAs: 'redis://a' },
      results: { engine: 'postgres', shownAs: 'postgres://a/h' },
    },
    ...changes,
  };
}

function kinds(overview: FleetOverview): string[] {
  return fleetFindings(overview).map(({ kind }) => kind);
}

test('a fleet that is well has no finding, and one without an agent says so', () => {
  assert.deepEqual(kinds(fleet()), []);
  assert.deepEqual(kinds(fleet({ agents: [] })), ['noAgent']);
});

test('several things at once are told worst first', () => {
  const { leader: _leader, ...leaderless } = fleet();
  const etcd = fleet().engines.coordination;
  const members = [{ name: 'a', endpoint: 'http://a', version: '3.4.23', leader: false }];
  assert.deepEqual(
    kinds({
      ...leaderless,
      agents: [agent('fra-1', { live: false }), agent('fra-2', { version: '2' })],
      unassigned: [{ namespace: 'shop', check: 'cart', location: 'nyc' }],
      engines: {
        ...fleet().engines,
        coordination: { ...etcd, members, warnings: ['etcd 3.4.23 is old'] },
      },
    }),
    ['noLeader', 'memberless', 'nowhere', 'silent', 'warning', 'versions'],
  );
});

test('an agent is as ill as the worst that it tells, and not for what it does not tell', () => {
  const health = (changes: Partial<FleetAgent>) => agentHealth(agent('fra-1', changes), RESOURCES);
  assert.equal(health({}), 'well');
  assert.equal(health({ live: false, buffered: 9999 }), 'silent');
  assert.equal(health({ summary: summary({ connected: false }) }), 'silent');
  assert.equal(health({ applied: applied('fra-1', 'old'), buffered: 9999 }), 'behind');
  assert.equal(health({ applied: applied('fra-1', 'd') }), 'well');
  assert.equal(health({ summary: summary({ scheduleLagMsP99: 1001 }) }), 'late');
  assert.equal(health({ summary: summary({ loopLagMs: 251 }) }), 'late');
  assert.equal(health({ buffered: 50 }), 'well');
  assert.equal(health({ buffered: 51 }), 'waiting');
  assert.equal(health({ buffered: 51, checks: 100 }), 'well');
});

test('an agent with two troubles is told for both', () => {
  const both = agent('fra-1', { buffered: 900, summary: summary({ scheduleLagMsP99: 3000 }) });
  assert.deepEqual(fleetFindings(fleet({ agents: [both] })), [
    { kind: 'late', agents: ['fra-1'], lagMs: 3000 },
    { kind: 'waiting', agents: ['fra-1'], results: 900 },
  ]);
});

test('nodes that are behind are named; a server alone has nothing to be behind', () => {
  const old = agent('fra-1', { applied: applied('fra-1', 'old') });
  assert.deepEqual(fleetFindings(fleet({ agents: [old] })), [
    { kind: 'behind', nodes: ['fra-1'], revision: '7' },
  ]);
  assert.deepEqual(kinds(fleet({ agents: [old], resources: { ...RESOURCES, digest: '' } })), []);
});

test('a resource with a fault is told once, with the nodes that have it', () => {
  const faults = [{ key: 'checks/shop/cart', problem: 'No target.' }];
  const nodes = [applied('a', 'd', faults), applied('b', 'd', faults)];
  assert.deepEqual(fleetFindings(fleet({ resources: { ...RESOURCES, nodes } })), [
    { kind: 'faulty', key: 'checks/shop/cart', problem: 'No target.', nodes: 2 },
  ]);
});

test('a check that runs at none of two places is one check', () => {
  const unassigned = ['nyc', 'fra'].map((location) => ({
    namespace: 'shop',
    check: 'cart',
    location,
  }));
  assert.deepEqual(fleetFindings(fleet({ unassigned })), [
    { kind: 'nowhere', checks: 1, locations: ['fra', 'nyc'] },
  ]);
  assert.deepEqual([...unassignedByLocation(unassigned).keys()], ['fra', 'nyc']);
});

test('only a server without engines stands alone', () => {
  const file = { engine: 'file', shownAs: 'holdfast.yaml', members: [], warnings: [] };
  assert.equal(standsAlone(fleet()), false);
  assert.equal(standsAlone(fleet({ engines: { ...fleet().engines, coordination: file } })), true);
});

test('the list has a head for each location and tells the ill ones first', () => {
  const agents = [agent('nyc-1'), agent('fra-1'), agent('fra-2', { live: false })];
  const names = ({ rows }: AgentList) =>
    rows.map((row) => (row.kind === 'agent' ? row.agent.id : row.location));
  const list = agentList(fleet({ agents }), { text: '', unwell: false });
  assert.deepEqual(names(list), ['fra', 'fra-2', 'fra-1', 'nyc', 'nyc-1']);
  assert.deepEqual(list.rows[0], {
    kind: 'location',
    location: 'fra',
    live: 1,
    total: 2,
    checks: 20,
  });
  assert.deepEqual([list.shown, list.unwell], [3, 1]);
  assert.deepEqual(names(agentList(fleet({ agents }), { text: 'NYC', unwell: false })), [
    'nyc',
    'nyc-1',
  ]);
  assert.deepEqual(names(agentList(fleet({ agents }), { text: '', unwell: true })), [
    'fra',
    'fra-2',
  ]);
});

test('no agent is lost or told twice, whatever the fleet', () => {
  const any = fc.record({ location: fc.constantFrom('a', 'b', 'c'), live: fc.boolean() });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), (given) => {
      const agents = given.map((changes, place) => agent(`x-${place}`, changes));
      const { rows, shown } = agentList(fleet({ agents }), { text: '', unwell: false });
      const ids = rows.flatMap((row) => (row.kind === 'agent' ? [row.agent.id] : []));
      assert.deepEqual([...ids].sort(), agents.map(({ id }) => id).sort());
      assert.equal(shown, agents.length);
    }),
  );
});
