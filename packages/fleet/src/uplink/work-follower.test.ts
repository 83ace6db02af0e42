import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { WorkAnswer } from './control-plane.ts';
import { WorkFollower } from './work-follower.ts';

/** An agent that is told the answers one after another; `assigned` is what its prober has, by name. */
function openFollower() {
  const clock = new SimulatedClock();
  const assigned: string[][] = [];
  const answers: WorkAnswer[] = [];
  let ask = () => {};
  const prober = {
    assignedRevision: 0,
    assign({ revision, checks }: { revision: number; checks: CompiledCheck[] }) {
      this.assignedRevision = revision;
      assigned.push(checks.map(({ name }) => name));
    },
  };
  const follower = new WorkFollower({
    controlPlane: {
      assignment: async () => {
        while (answers.length === 0)
          await new Promise<void>((resolve) => {
            ask = resolve;
          });
        return answers.shift() as WorkAnswer;
      },
    },
    agent: 'fra-1',
    member: { lease: {}, subscribe: () => () => {} },
    prober,
    onApplied: () => {},
    clock,
    chance: seededChance(1),
    logger: silentLogger,
  });
  const ending = new AbortController();
  const running = follower.run(ending.signal);
  const tell = async (revision: number, digest: string, ...names: string[]) => {
    const checks = names.map((name) => ({ namespace: 'default', name })) as CompiledCheck[];
    const egress = { deny: [], allow: [] };
    const work = { term: '1', revision, checks, egress, plugins: [] };
    answers.push({ work, resources: { revision: '1', digest } });
    ask();
    await clock.advanceAsync(500);
  };
  const close = async () => {
    ending.abort();
    ask();
    await clock.advanceAsync(500);
    await running;
  };
  return { clock, assigned, tell, close };
}

test('a check that goes to another agent runs on for a moment', async () => {
  const { clock, assigned, tell, close } = openFollower();
  await tell(1, 'a', 'shop', 'bank');
  await tell(2, 'a', 'bank', 'mail');
  assert.deepEqual(assigned.at(-1), ['bank', 'mail', 'shop']);
  await clock.advanceAsync(2_000);
  assert.deepEqual(assigned.at(-1), ['bank', 'mail']);
  await tell(3, 'a');
  const times = assigned.length;
  await close();
  await clock.advanceAsync(5_000);
  assert.equal(assigned.length, times, 'nothing is assigned to a prober that ended');
});

test('a check that is gone stops at once, and so does what lingers when it comes back', async () => {
  const { clock, assigned, tell, close } = openFollower();
  await tell(1, 'a', 'shop', 'bank');
  await tell(1, 'b', 'bank');
  assert.deepEqual(assigned.at(-1), ['bank']);
  await tell(2, 'b');
  assert.deepEqual(assigned.at(-1), ['bank'], 'it lingers');
  await tell(3, 'b', 'bank');
  const times = assigned.length;
  await clock.advanceAsync(5_000);
  assert.equal(assigned.length, times, 'no late word takes it away again');
  await close();
});

test('the same work in one more answer is not handed over again', async () => {
  const { assigned, tell, close } = openFollower();
  await tell(1, 'a', 'shop');
  await tell(1, 'a', 'shop');
  assert.equal(assigned.length, 1);
  await tell(1, 'b', 'shop');
  assert.equal(assigned.length, 2, 'other resources may say another thing of the same check');
  await close();
});
