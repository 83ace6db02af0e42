import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEYS } from '@holdfast/engines/keys';
import type { AppliedRecord } from '@holdfast/resources/fleet';
import { followFleet, joinFleet } from '../membership/membership.ts';
import { agentRecord, openStage, passUntil, passWhile } from '../testing/parts.ts';
import { appliedOverview, openAppliedWriter } from './applied.ts';

function record(node: string, digest: string, lagMsP99?: number): AppliedRecord {
  const lag = lagMsP99 === undefined ? {} : { lagMsP99 };
  return { node, role: 'agent', revision: '7', digest, appliedAtMs: 1, faults: [], ...lag };
}

test('live on so many of those that are there; who has told nothing is not live', () => {
  const records = [
    record('b', 'new', 40),
    record('a', 'new', 12),
    record('c', 'old'),
    record('gone', 'new'),
  ];
  const overview = appliedOverview({ revision: '7', digest: 'new' }, ['a', 'b', 'c', 'd'], records);
  assert.deepEqual(
    { ...overview, nodes: overview.nodes.map(({ node }) => node) },
    { revision: '7', digest: 'new', nodes: ['a', 'b', 'c'], live: 2, total: 4, lagMsP99: 40 },
  );
  const gateway: AppliedRecord = { ...record('edge', 'new'), role: 'gateway' };
  assert.equal(appliedOverview({ revision: '7', digest: 'new' }, [], [gateway]).total, 1);
});

test('written on change, at most once a second, and anew under each new lease', async () => {
  const stage = await openStage();
  const { clock, chance, logger } = stage;
  const coordination = stage.client();
  const key = KEYS.agent('fra', 'fra-1');
  const parts = { coordination, clock, chance, logger };
  const member = await joinFleet({ ...parts, key, record: agentRecord('fra-1', 'fra') });
  const writer = openAppliedWriter({ ...parts, member, node: 'fra-1', role: 'agent' });
  const written: bigint[] = [];
  const fleet = followFleet(parts);
  await passWhile(clock, fleet.ready);
  const look = async () => {
    const revision = (await stage.store.get(KEYS.appliedBy('fra-1')))?.modRevision;
    if (revision !== undefined && revision !== written.at(-1)) written.push(revision);
  };
  for (let number = 0; number < 100; number += 1) {
    const facts = { revision: String(number), digest: `d${number}`, faults: [] };
    writer.report({ ...facts, appliedAtMs: clock.wallMs() });
    await clock.advanceAsync(50);
    await look();
  }
  assert.ok(written.length >= 4 && written.length <= 6, `${written.length} in five seconds`);
  await passUntil(clock, () => fleet.applied()[0]?.digest === 'd99');
  await look();
  const before = written.length;
  for (let number = 0; number < 100; number += 1) {
    const facts = { revision: '99', digest: 'd99', faults: [] };
    writer.report({ ...facts, appliedAtMs: clock.wallMs(), lagMsP99: number });
    await clock.advanceAsync(100);
    await look();
  }
  assert.equal(written.length, before, 'the same is not written again');
  await stage.store.leases.release(member.lease?.id ?? 0n);
  await passUntil(clock, () => fleet.applied().length === 0);
  await passUntil(clock, () => fleet.applied()[0]?.digest === 'd99');
  const entry = await stage.store.get(KEYS.appliedBy('fra-1'));
  assert.equal(entry?.lease, member.lease?.id);
  await writer.close();
  await member.leave();
  await passUntil(clock, () => fleet.applied().length === 0);
  await fleet.close();
  await stage.store.close();
});

test('however many faults a node has, its record stays small', async () => {
  const stage = await openStage();
  const { clock, chance, logger } = stage;
  const parts = { coordination: stage.client(), clock, chance, logger };
  const key = KEYS.agent('fra', 'fra-1');
  const member = await joinFleet({ ...parts, key, record: agentRecord('fra-1', 'fra') });
  const writer = openAppliedWriter({ ...parts, member, node: 'fra-1', role: 'agent' });
  const faults = Array.from({ length: 5_000 }, (_, number) => ({
    key: `key-${number}`,
    problem: 'x'.repeat(2_000),
  }));
  writer.report({ revision: '1', digest: 'd', appliedAtMs: 1, faults });
  await clock.advanceAsync(2_000);
  const entry = await stage.store.get(KEYS.appliedBy('fra-1'));
  assert.ok(entry && entry.value.length < 50_000);
  await writer.close();
  await member.leave();
  await stage.store.close();
});
