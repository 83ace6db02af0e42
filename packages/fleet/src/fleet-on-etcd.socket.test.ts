import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openEtcdCoordination } from '@holdfast/engines/etcd';
import { KEYS } from '@holdfast/engines/keys';
import { type Election, startElection } from '@holdfast/engines/leader';
import { startEtcdCluster } from '@holdfast/engines/testing';
import { silentLogger, sleep, systemChance, systemClock } from '@holdfast/kernel';
import { type AssignmentWriter, startAssignmentWriter } from './assignment/assignment-writer.ts';
import { followFleet, joinFleet } from './membership/membership.ts';
import { agentRecord } from './testing/parts.ts';

const LEASE_MS = 3_000;
const CHECKS = Array.from({ length: 200 }, (_, index) => ({
  namespace: 'default',
  name: `check-${index}`,
  paused: false,
}));

const cluster = await startEtcdCluster();
after(() => cluster.close());
const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };

/** A process of its own as far as the store can tell: closed without a word it is dead. */
function connect() {
  return openEtcdCoordination({ ...parts, endpoints: cluster.endpoints });
}

async function startServer(id: string) {
  const coordination = await connect();
  const fleet = followFleet({ ...parts, coordination });
  await fleet.ready;
  let writer: AssignmentWriter | undefined;
  const onChange = ({ leadership }: Election) => {
    if (leadership === undefined || writer !== undefined) return;
    const checks = () => ({ checks: CHECKS, revision: '1' });
    const leaseMs = LEASE_MS;
    writer = startAssignmentWriter({ ...parts, coordination, leadership, fleet, checks, leaseMs });
  };
  const candidate = { id, url: `http://${id}` };
  const role = 'server';
  const options = { ...parts, coordination, role, candidate, leaseMs: LEASE_MS, onChange };
  const election = startElection(options);
  return {
    fleet,
    election,
    die: () => coordination.close(),
    close: async () => {
      await writer?.close();
      await election.close();
      await fleet.close();
      await coordination.close();
    },
  };
}

async function startAgent(id: string) {
  const coordination = await connect();
  const key = KEYS.agent('fra', id);
  const record = agentRecord(id, 'fra');
  const member = await joinFleet({ ...parts, coordination, key, record, leaseMs: LEASE_MS });
  return { member, die: () => coordination.close(), close: () => coordination.close() };
}

async function until(holds: () => boolean, limitMs: number): Promise<number> {
  const startMs = systemClock.nowMs();
  for (; !holds(); await sleep(systemClock, 10))
    assert.ok(systemClock.nowMs() - startMs < limitMs, `It did not hold within ${limitMs} ms`);
  return systemClock.nowMs() - startMs;
}

test('on etcd: an agent dies, its checks move within two leases; a leader dies, the next one assigns', async (t) => {
  const agents = [await startAgent('fra-1'), await startAgent('fra-2'), await startAgent('fra-3')];
  const servers = [await startServer('one'), await startServer('two')];
  const watcher = await startServer('watcher');
  const counts = () =>
    Object.fromEntries(
      watcher.fleet.assignments().map(({ agent, checks }) => [agent, checks.length]),
    );
  const holders = () => Object.keys(counts()).sort().join(' ');
  const all = () => Object.values(counts()).reduce((sum, count) => sum + count, 0);
  await until(() => holders() === 'fra-1 fra-2 fra-3' && all() === CHECKS.length, 10_000);
  await agents[2]?.die();
  const movedMs = await until(() => holders() === 'fra-1 fra-2', 2 * LEASE_MS);
  t.diagnostic(`moved after ${Math.round(movedMs)} ms, lease ${LEASE_MS} ms`);
  assert.equal(all(), CHECKS.length);
  const leads = ({ election }: (typeof servers)[number]) => election.leadership !== undefined;
  const everybody = [...servers, watcher];
  const leader = everybody.find(leads);
  assert.ok(leader !== undefined && leader !== watcher, 'the watcher came last');
  await leader.die();
  const rest = everybody.filter((server) => server !== leader);
  const newMs = await until(() => rest.some(leads), LEASE_MS + 1_000);
  t.diagnostic(`a new leader after ${Math.round(newMs)} ms`);
  agents.push(await startAgent('fra-4'));
  await until(() => holders() === 'fra-1 fra-2 fra-4' && all() === CHECKS.length, 10_000);
  for (const server of rest) await server.close();
  for (const { member, close } of agents) {
    await member.leave();
    await close();
  }
  await leader.close();
});
