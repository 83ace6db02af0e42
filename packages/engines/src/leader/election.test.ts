import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Fields, type Logger, silentLogger } from '@holdfast/kernel';
import type { Transaction } from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import { type Leadership, NotLeaderError } from './election.ts';
import {
  ElectionHouse,
  LEASE_MS,
  ROLE,
  type SimulatedCandidate,
} from './simulation/election-house.ts';

async function openHouse(context: TestContext): Promise<ElectionHouse> {
  const house = await ElectionHouse.open(1);
  context.after(() => house.close());
  return house;
}

function put(key: string, text: string): Transaction {
  return { if: [], then: [{ type: 'put', key, value: Buffer.from(text) }] };
}

function remove(key: string): Transaction {
  return { if: [], then: [{ type: 'delete', key }] };
}

async function textAt(house: ElectionHouse, key: string): Promise<string> {
  return Buffer.from((await house.store.get(key))?.value ?? []).toString();
}

/** Of a leader and one who follows him. */
async function pairOf(house: ElectionHouse, logger?: Logger) {
  const first = house.candidate('first', logger);
  await house.until(() => house.leaders.length === 1, 1_000);
  const second = house.candidate('second');
  await house.pass(500);
  const leadership = first.election.demandLeadership();
  return { first, second, leadership };
}

const refusal = (leader: SimulatedCandidate | undefined) => (error: unknown) => {
  assert.ok(error instanceof NotLeaderError, String(error));
  assert.equal(error.code, 'NOT_LEADER');
  assert.equal(error.leader?.url, leader && `http://${leader.id}.test`);
  if (leader)
    assert.match(`${error.message} ${error.cure}`, new RegExp(`http://${leader.id}.test`));
  return true;
};

test('one leads, and all others know where', async (context) => {
  const house = await openHouse(context);
  for (const id of ['a', 'b', 'c']) house.candidate(id);
  await house.pass(1_000);
  const [leader] = house.leaders;
  assert.ok(leader && house.leaders.length === 1);
  const { term } = leader.election.demandLeadership();
  const sinceMs = leader.election.leader?.sinceMs ?? 0;
  const wallMs = leader.clock.wallMs();
  assert.ok(sinceMs >= wallMs - 1_000 && sinceMs <= wallMs, 'since a moment ago');
  await house.pass(LEASE_MS);
  for (const { id, election } of house.candidates) {
    assert.deepEqual(election.leader, {
      role: ROLE,
      id: leader.id,
      url: `http://${leader.id}.test`,
      term,
      sinceMs,
    });
    if (id !== leader.id) assert.throws(() => election.demandLeadership(), refusal(leader));
  }
  await house.pass(60_000);
  assert.equal(leader.election.leadership?.term, term);
});

test('who resigns is followed at once, by a higher term', async (context) => {
  const house = await openHouse(context);
  const { first, second, leadership } = await pairOf(house);
  await first.election.close();
  assert.ok(leadership.lost.aborted);
  const tookMs = await house.until(() => second.election.leadership !== undefined, 1_000);
  assert.ok(tookMs <= 500, `${tookMs} ms`);
  assert.ok(second.election.demandLeadership().term > leadership.term);
});

test('who resigns while his proof is under way warns of nothing', async (context) => {
  const house = await openHouse(context);
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const logger: Logger = { ...silentLogger, warn, with: () => logger };
  const leader = house.candidate('a', logger);
  await house.until(() => house.leaders.length === 1, 1_000);
  await house.pass(LEASE_MS / 3 - 500);
  leader.line.line = 'silent';
  await house.pass(1_000);
  const closed = leader.election.close();
  leader.line.line = 'well';
  await Promise.all([closed, house.pass(6_000)]);
  assert.deepEqual(warnings, []);
});

test('who dies is followed within his lease and a second', async (context) => {
  const house = await openHouse(context);
  const { first, second } = await pairOf(house);
  first.isStopped = true;
  await house.until(() => second.election.leadership !== undefined, LEASE_MS + 1_000);
});

test('who was stopped past his lease does not act when he goes on', async (context) => {
  const house = await openHouse(context);
  const { first, second, leadership } = await pairOf(house);
  first.isStopped = true;
  await house.until(() => second.election.leadership !== undefined, LEASE_MS + 1_000);
  await second.election.demandLeadership().guard.txn(put('/by', 'second'));
  // The process goes on; nothing of what happened meanwhile has reached it but the time.
  first.clock.advance(house.clock.nowMs() - first.clock.nowMs());
  const acts = [
    leadership.guard.txn(put('/by', 'first')),
    leadership.guard.run(async () => 'done'),
  ];
  for (const act of acts) await assert.rejects(act, NotLeaderError);
  assert.equal(await textAt(house, '/by'), 'second');
  first.isStopped = false;
  await house.pass(1_000);
  assert.ok(leadership.lost.aborted);
  assert.deepEqual(house.leaders, [second]);
});

test('two that both think they lead: the fence decides, and it is logged', async (context) => {
  const house = await openHouse(context);
  const lines: [string, Fields][] = [];
  const warn = (message: string, fields: Fields = {}) => void lines.push([message, fields]);
  const logger: Logger = { ...silentLogger, warn, with: () => logger };
  const { first, second, leadership } = await pairOf(house, logger);
  // To the first everything seems well: its clock stands, its line is up, and nobody tells it anything.
  first.line.silenceStreams();
  first.isStopped = true;
  await house.until(() => second.election.leadership !== undefined, LEASE_MS + 1_000);
  assert.deepEqual(house.leaders, [first, second]);
  const [late, present] = await Promise.allSettled([
    leadership.guard.txn(put('/by', 'first')),
    second.election.demandLeadership().guard.txn(put('/by', 'second')),
  ]);
  assert.equal(present.status, 'fulfilled');
  assert.ok(late.status === 'rejected' && refusal(second)(late.reason));
  assert.ok(leadership.lost.aborted);
  assert.equal(await textAt(house, '/by'), 'second');
  const [message, fields] = lines.find(([text]) => /refused/.test(text)) ?? [];
  assert.equal(message, 'The store refused a leader whose term is over.');
  assert.equal(fields?.presentLeader, 'second');
});

test('without a heartbeat the leadership is given up before the lease has run out', async (context) => {
  const house = await openHouse(context);
  const { first, leadership } = await pairOf(house);
  await leadership.guard.prove();
  first.line.line = 'refused';
  // A renewal is due every third of the lease, and may be late by the grace of 500 ms.
  await house.pass(LEASE_MS / 3 + 600);
  assert.equal(leadership.lost.aborted, false);
  await assert.rejects(leadership.guard.prove(), NotLeaderError);
  assert.ok(leadership.lost.aborted);
  assert.equal(first.election.leader, undefined);
});

test('before any late timer is called, the guard looks at the time itself', async (context) => {
  const house = await openHouse(context);
  const { first, leadership } = await pairOf(house);
  first.clock.lateMs = LEASE_MS;
  await assert.rejects(leadership.guard.prove(), /The lease ran out/);
});

test('a proof that has expired by the wall clock is none', async (context) => {
  const house = await openHouse(context);
  const { first, leadership } = await pairOf(house);
  first.clock.wallAheadMs = LEASE_MS;
  await assert.rejects(leadership.guard.prove(), /The proof of the lease is expired/);
});

test('who is deposed without being told finds out at the store before he reads', async (context) => {
  const house = await openHouse(context);
  const { first, second, leadership } = await pairOf(house);
  first.line.silenceStreams();
  first.line.txn = () => Promise.reject(new Error('The store takes no writes.'));
  await house.store.txn(remove(KEYS.leader(ROLE)));
  await house.until(() => second.election.leadership !== undefined, 1_000);
  await house.pass(LEASE_MS / 2);
  assert.equal(leadership.lost.aborted, false);
  await assert.rejects(
    leadership.guard.run(async () => 'read'),
    refusal(second),
  );
});

test('a late heartbeat is asked for once more before anything is given up', async (context) => {
  const house = await openHouse(context);
  const { first, leadership } = await pairOf(house);
  first.line.line = 'silent';
  await house.pass(LEASE_MS / 3 + 700);
  first.line.line = 'well';
  await leadership.guard.prove();
  assert.equal(leadership.lost.aborted, false);
});

test('a proof that was not issued anew in time ends the leadership, though the lease lives', async (context) => {
  const house = await openHouse(context);
  const { first, leadership } = await pairOf(house);
  const { line } = first;
  line.txn = () => Promise.reject(new Error('The store takes no writes.'));
  await house.pass(LEASE_MS + 1_000);
  assert.ok(leadership.lost.aborted);
});

test('a key that somebody removed is no leadership any more', async (context) => {
  const house = await openHouse(context);
  const { leadership } = await pairOf(house);
  const key = KEYS.leader(ROLE);
  await house.store.txn(remove(key));
  await house.pass(100);
  assert.ok(leadership.lost.aborted);
  await house.until(() => house.leaders.length === 1, 1_000);
  assert.ok(Number(house.leaders[0]?.election.leadership?.term) > Number(leadership.term));
});

test('the guard passes on what the caller compares, and its reads', async (context) => {
  const house = await openHouse(context);
  const { guard } = (await pairOf(house)).leadership;
  const { revision } = await guard.txn(put('/a', '1'));
  const conditional = { if: [{ key: '/a', modRevision: revision }], then: put('/a', '2').then };
  const second = await guard.txn({ ...conditional, else: [{ type: 'get', key: '/a' }] });
  assert.equal(second.done, true);
  const third = await guard.txn({ ...conditional, else: [{ type: 'get', key: '/a' }] });
  assert.deepEqual(
    [third.done, third.entries.map(({ key, value }) => `${key}=${Buffer.from(value)}`)],
    [false, ['/a=2']],
  );
  const writing = { ...conditional, else: put('/a', '3').then };
  await assert.rejects(guard.txn(writing), { code: 'USAGE' });
});

test('who asks while nobody leads is told so', async (context) => {
  const house = await openHouse(context);
  const { election, line } = house.candidate('a');
  line.line = 'refused';
  assert.throws(() => election.demandLeadership(), refusal(undefined));
  await house.pass(10_000);
  assert.throws(() => election.demandLeadership(), refusal(undefined));
  line.line = 'well';
  await house.until(() => election.leadership !== undefined, 10_000);
});

test('all sign with the one key of the house', async (context) => {
  const house = await openHouse(context);
  await pairOf(house);
  const kept = await house.store.get(KEYS.secret('leases'));
  assert.equal(kept?.value.length, 32);
  assert.equal(kept.createRevision, kept.modRevision);
});

test('a leadership outlives the loss of others, and hands out one guard', async (context) => {
  const house = await openHouse(context);
  const { second, leadership } = await pairOf(house);
  await second.election.close();
  const seen: Leadership[] = [];
  await leadership.guard.run(async (lost) => {
    assert.equal(lost, leadership.lost);
    seen.push(leadership);
  });
  assert.equal(seen.length, 1);
});
