import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEYS } from '@holdfast/engines/keys';
import { startElection } from '@holdfast/engines/leader';
import { type FleetMember, followFleet, joinFleet } from '../membership/membership.ts';
import { decodeAssignment, encodeRecord } from '../membership/record.ts';
import { agentRecord, openStage, passUntil, passWhile, type Stage } from '../testing/parts.ts';
import type { AssignableCheck } from './assign-checks.ts';
import { startAssignmentWriter } from './assignment-writer.ts';

const LEASE_MS = 10_000;

function checksNamed(count: number): AssignableCheck[] {
  return Array.from({ length: count }, (_, index) => ({
    namespace: 'default',
    name: `check-${index}`,
    paused: false,
  }));
}

async function joined(stage: Stage, id: string, location = 'fra') {
  const { clock, chance, logger } = stage;
  const coordination = stage.client();
  const record = agentRecord(id, location);
  const key = KEYS.agent(location, id);
  const options = { coordination, record, key, leaseMs: LEASE_MS, clock, chance, logger };
  const member: FleetMember = await joinFleet(options);
  return { member, die: () => coordination.close() };
}

async function leading(stage: Stage, id: string, checks: () => AssignableCheck[]) {
  const { clock, chance, logger } = stage;
  const coordination = stage.client();
  const parts = { coordination, clock, chance, logger };
  const fleet = followFleet(parts);
  const election = startElection({
    ...parts,
    role: 'server',
    candidate: { id, url: `http://${id}` },
  });
  await passWhile(clock, fleet.ready);
  await passUntil(clock, () => election.leadership !== undefined);
  const writer = startAssignmentWriter({
    ...parts,
    leadership: election.demandLeadership(),
    fleet,
    checks: () => ({ checks: checks(), revision: '1' }),
    leaseMs: LEASE_MS,
  });
  const close = async () => {
    await writer.close();
    await election.close();
    await fleet.close();
  };
  return { writer, election, fleet, close, die: () => coordination.close() };
}

/** Names by agent, as they stand in the store. */
async function assigned(stage: Stage): Promise<Record<string, string[]>> {
  const { entries } = await stage.store.list(KEYS.assignments);
  return Object.fromEntries(
    entries.map(decodeAssignment).map(({ agent, checks }) => [agent, checks]),
  );
}

async function countOf(stage: Stage): Promise<number> {
  return Object.values(await assigned(stage)).flat().length;
}

test('each check stands with one agent; an agent that dies has its checks elsewhere within two leases', async () => {
  const stage = await openStage();
  const one = await joined(stage, 'fra-1');
  const two = await joined(stage, 'fra-2');
  const leader = await leading(stage, 'one', () => checksNamed(100));
  await stage.clock.advanceAsync(3_000);
  const before = await assigned(stage);
  assert.equal(Object.values(before).flat().length, 100);
  const diedMs = stage.clock.nowMs();
  await two.die();
  while ((await assigned(stage))['fra-1']?.length !== 100) {
    await stage.clock.advanceAsync(50);
    assert.ok(stage.clock.nowMs() - diedMs < 2 * LEASE_MS, 'within two leases');
  }
  assert.deepEqual(Object.keys(await assigned(stage)), ['fra-1'], 'what is gone is removed');
  await one.member.leave();
  await leader.close();
  await stage.store.close();
});

test('an agent that dies together with the leader has its checks elsewhere within two leases, too', async () => {
  const stage = await openStage();
  const one = await joined(stage, 'fra-1');
  const two = await joined(stage, 'fra-2');
  const leader = await leading(stage, 'one', () => checksNamed(100));
  await stage.clock.advanceAsync(3_000);
  const diedMs = stage.clock.nowMs();
  await Promise.all([two.die(), leader.die()]);
  const next = await leading(stage, 'two', () => checksNamed(100));
  while ((await assigned(stage))['fra-1']?.length !== 100) {
    await stage.clock.advanceAsync(50);
    assert.ok(stage.clock.nowMs() - diedMs < 1.5 * LEASE_MS + 1_000, 'within two leases');
  }
  await one.member.leave();
  await next.close();
  await stage.store.close();
});

test('an agent that reconnects at once moves nothing, and what is unchanged is not written', async () => {
  const stage = await openStage();
  const one = await joined(stage, 'fra-1');
  const two = await joined(stage, 'fra-2');
  const checks = checksNamed(50);
  const leader = await leading(stage, 'one', () => checks);
  await stage.clock.advanceAsync(3_000);
  const { entries } = await stage.store.list(KEYS.assignments);
  await stage.store.leases.release(two.member.lease?.id ?? 0n);
  await passUntil(stage.clock, () => leader.fleet.agents().length === 1);
  await passUntil(stage.clock, () => leader.fleet.agents().length === 2);
  leader.writer.checksChanged();
  await stage.clock.advanceAsync(10_000);
  assert.deepEqual((await stage.store.list(KEYS.assignments)).entries, entries);
  checks.push(...checksNamed(60).slice(50));
  leader.writer.checksChanged();
  await stage.clock.advanceAsync(1_000);
  assert.equal(await countOf(stage), 60);
  await one.member.leave();
  await two.member.leave();
  await leader.close();
  await stage.store.close();
});

test('hundreds of agents are written in transactions that an engine takes', async () => {
  const stage = await openStage();
  const value = (id: string) => encodeRecord(agentRecord(id, 'fra'));
  for (let number = 0; number < 300; number += 1) {
    const key = KEYS.agent('fra', `a-${number}`);
    const put = { type: 'put', key, value: value(`a-${number}`) } as const;
    await stage.store.txn({ if: [], then: [put] });
  }
  const leader = await leading(stage, 'one', () => checksNamed(2_000));
  await stage.clock.advanceAsync(3_000);
  assert.equal(Object.keys(await assigned(stage)).length, 300);
  assert.equal(await countOf(stage), 2_000);
  await leader.close();
  await stage.store.close();
});

test('more checks than one assignment holds: the rest is told, and holds up nobody', async () => {
  const stage = await openStage();
  const one = await joined(stage, 'fra-1');
  const two = await joined(stage, 'sgp-1', 'sgp');
  const many = Array.from({ length: 30_000 }, (_, number) => ({
    namespace: 'default',
    name: `check-of-a-rather-long-name-${String(number).padStart(5, '0')}`,
    paused: false,
    locations: ['fra'],
  }));
  const far = { namespace: 'default', name: 'far', paused: false, locations: ['sgp'] };
  const leader = await leading(stage, 'one', () => [...many, far]);
  await stage.clock.advanceAsync(3_000);
  const names = await assigned(stage);
  assert.deepEqual(names['sgp-1'], ['default/far']);
  const count = names['fra-1']?.length ?? 0;
  assert.ok(count > 20_000 && count < 30_000, `${count} checks`);
  assert.equal(leader.writer.unassigned.length, 30_000 - count);
  assert.deepEqual(leader.writer.unassigned[0], {
    namespace: 'default',
    check: many[count]?.name,
    location: 'fra',
  });
  const { entries } = await stage.store.list(KEYS.assignments);
  leader.writer.checksChanged();
  await stage.clock.advanceAsync(1_000);
  assert.deepEqual((await stage.store.list(KEYS.assignments)).entries, entries, 'once is enough');
  await Promise.all([one.member.leave(), two.member.leave()]);
  await leader.close();
  await stage.store.close();
});

test('what a hand wrote into assignments is written over, whatever it says', async () => {
  const stage = await openStage();
  const one = await joined(stage, 'fra-1');
  const forged = { agent: 'fra-1', term: '1', revision: '1', checks: [], assignedAtMs: 1 };
  const put = (agent: string, value: Uint8Array) =>
    stage.store.txn({ if: [], then: [{ type: 'put', key: KEYS.assignment(agent), value }] });
  await put('fra-1', Buffer.from('rubbish'));
  await put('nobody', encodeRecord(forged));
  const leader = await leading(stage, 'one', () => []);
  await stage.clock.advanceAsync(10_000);
  const { entries } = await stage.store.list(KEYS.assignments);
  assert.deepEqual(
    entries.map((entry) => decodeAssignment(entry).checks),
    [[]],
  );
  assert.equal(entries[0]?.key, KEYS.assignment('fra-1'));
  await one.member.leave();
  await leader.close();
  await stage.store.close();
});

test('locations without an agent are told', async () => {
  const stage = await openStage();
  const one = await joined(stage, 'fra-1');
  const check = { namespace: 'default', name: 'far', paused: false, locations: ['fra', 'sgp'] };
  const leader = await leading(stage, 'one', () => [check]);
  await stage.clock.advanceAsync(3_000);
  assert.deepEqual(leader.writer.unassigned, [
    { namespace: 'default', check: 'far', location: 'sgp' },
  ]);
  await one.member.leave();
  await leader.close();
  await stage.store.close();
});

test('two that both think they lead: the older one is refused by the fence, and stops', async () => {
  const stage = await openStage();
  const one = await joined(stage, 'fra-1');
  const old = await leading(stage, 'old', () => checksNamed(10));
  await stage.clock.advanceAsync(2_000);
  // The store lets another one in, and the old leader has not heard of it.
  const { guard } = old.election.demandLeadership();
  const key = KEYS.leader('server');
  const record = (await stage.store.get(key))?.value ?? new Uint8Array();
  const steps = [
    { type: 'delete', key },
    { type: 'put', key, value: record },
  ] as const;
  for (const step of steps) await stage.store.txn({ if: [], then: [step] });
  const touch = { type: 'put', key: KEYS.assignment('fra-1'), value: new Uint8Array() } as const;
  await assert.rejects(guard.txn({ if: [], then: [touch] }), { code: 'NOT_LEADER' });
  old.writer.checksChanged();
  await passWhile(stage.clock, old.writer.ended);
  assert.equal(await countOf(stage), 10, 'nothing of the old one came through');
  await one.member.leave();
  await old.close();
  await stage.store.close();
});

test('a new leader takes over what was assigned, and an agent that is back at once keeps it', async () => {
  const stage = await openStage();
  const one = await joined(stage, 'fra-1');
  const two = await joined(stage, 'fra-2');
  const first = await leading(stage, 'one', () => checksNamed(20));
  await stage.clock.advanceAsync(3_000);
  const { entries } = await stage.store.list(KEYS.assignments);
  await first.die();
  const second = await leading(stage, 'two', () => checksNamed(20));
  await stage.clock.advanceAsync(5_000);
  assert.deepEqual((await stage.store.list(KEYS.assignments)).entries, entries, 'nothing to write');
  await two.member.leave();
  await stage.clock.advanceAsync(5_000);
  const [{ term } = { term: '0' }] = second.fleet.assignments();
  assert.equal(term, String(second.election.leadership?.term), 'now it writes, with its own term');
  assert.equal(await countOf(stage), 20);
  await one.member.leave();
  await second.close();
  await stage.store.close();
});
