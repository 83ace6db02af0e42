import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownWork, WorkAnswer } from '@holdfast/fleet/uplink';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { Configuration } from '@holdfast/resources/load';
import { sampleCheck } from '../../testing/sample.ts';
import { type AssignedTo, WorkDesk } from './work-desk.ts';

function world() {
  const clock = new SimulatedClock(0);
  const store = {
    assigned: new Map<string, AssignedTo>(),
    resources: { revision: 5n, digest: 'd5' },
    configuration: configurationOf([sampleCheck(), sampleCheck({ name: 'bank' })]),
  };
  const desk = new WorkDesk({
    clock,
    assignmentOf: (agent) => store.assigned.get(agent),
    configuration: () => store.configuration,
    resources: () => store.resources,
  });
  const work = async (...question: Parameters<WorkDesk['work']>): Promise<WorkAnswer> => {
    for await (const answer of desk.work(...question)) if (answer) return answer;
    throw new Error('no answer');
  };
  return { clock, store, desk: { work, changed: () => desk.changed() } };
}

function configurationOf(checks: Configuration['checks']): Configuration {
  return { checks, egress: { deny: [], allow: [] }, plugins: [] } as unknown as Configuration;
}

const assigned = (term: string, modRevision: bigint, ...checks: string[]): AssignedTo => ({
  record: { term, checks },
  modRevision,
});

const here = new AbortController().signal;

function knownOf({ work, resources }: WorkAnswer, before?: KnownWork): KnownWork {
  const { term, revision } = work ?? before ?? { term: '0', revision: 0 };
  return { term, revision, digest: resources.digest };
}

test('an agent that the leader has not seen yet goes on with what it has', async () => {
  const { clock, store, desk } = world();
  const waiting = desk.work('a', { term: '8', revision: 3, digest: 'd3' }, here);
  await clock.advanceAsync(4_000);
  store.assigned.set('a', assigned('9', 12n, 'default/bank'));
  desk.changed();
  assert.equal((await waiting).work?.checks.length, 1);
  const nobody = assert.rejects(desk.work('b', undefined, here), /no answer/);
  await clock.advanceAsync(21_000);
  await nobody;
});

test('what has not changed is told after some patience', async () => {
  const { clock, store, desk } = world();
  store.assigned.set('a', assigned('9', 12n));
  const first = await desk.work('a', undefined, here);
  let answered = false;
  const second = desk.work('a', knownOf(first), here).then((answer) => {
    answered = true;
    return answer;
  });
  await clock.advanceAsync(19_000);
  assert.equal(answered, false, 'it is held open');
  await clock.advanceAsync(2_000);
  assert.equal((await second).work, undefined);
});

test('an assignment is told as soon as it is there, and only what it names', async () => {
  const { store, desk } = world();
  const waiting = desk.work('a', undefined, here);
  store.assigned.set('a', assigned('9', 12n, 'default/bank', 'default/gone'));
  desk.changed();
  const { work } = await waiting;
  assert.equal(work?.term, '9');
  assert.equal(work?.revision, 12);
  assert.deepEqual(
    work?.checks.map(({ name }) => name),
    ['bank'],
  );
});

test('a change of resources that is none of its own is told without work', async () => {
  const { store, desk } = world();
  store.assigned.set('a', assigned('9', 12n, 'default/bank'));
  const first = await desk.work('a', undefined, here);
  store.resources = { revision: 20n, digest: 'd20' };
  store.configuration = configurationOf([
    sampleCheck({ intervalMs: 9_000 }),
    sampleCheck({ name: 'bank' }),
  ]);
  const second = await desk.work('a', knownOf(first), here);
  assert.equal(second.work, undefined);
  assert.equal(second.resources.digest, 'd20');
  store.resources = { revision: 21n, digest: 'd21' };
  store.configuration = configurationOf([sampleCheck({ name: 'bank', intervalMs: 2_000 })]);
  const third = await desk.work('a', knownOf(second, knownOf(first)), here);
  assert.equal(third.work?.revision, 12);
  assert.equal(third.work?.checks[0]?.intervalMs, 2_000);
});

test('an agent that comes from another server with the same work is told nothing anew', async () => {
  const { clock, store, desk } = world();
  store.assigned.set('a', assigned('9', 12n, 'default/bank'));
  const waiting = desk.work('a', { term: '9', revision: 12, digest: 'd5' }, here);
  await clock.advanceAsync(21_000);
  assert.equal((await waiting).work, undefined);
});

test('an agent that comes from a server which had not seen all of it is told its work', async () => {
  const { store, desk } = world();
  store.assigned.set('a', assigned('9', 12n, 'default/bank'));
  const { work } = await desk.work('a', { term: '9', revision: 12, digest: 'd4' }, here);
  assert.equal(work?.checks[0]?.name, 'bank');
});

test('resources that are seen after the assignment made from them are told', async () => {
  const { store, desk } = world();
  store.assigned.set('a', assigned('9', 12n, 'default/new'));
  const first = await desk.work('a', undefined, here);
  assert.deepEqual(first.work?.checks, []);
  store.resources = { revision: 11n, digest: 'd11' };
  store.configuration = configurationOf([sampleCheck({ name: 'new' })]);
  const second = await desk.work('a', knownOf(first), here);
  assert.equal(second.work?.checks[0]?.name, 'new');
});

test('who is gone waits no longer', async () => {
  const { store, desk } = world();
  store.assigned.set('a', assigned('9', 12n));
  const known = knownOf(await desk.work('a', undefined, here));
  const gone = new AbortController();
  const waiting = desk.work('a', known, gone.signal);
  gone.abort();
  assert.equal((await waiting).work, undefined);
});
