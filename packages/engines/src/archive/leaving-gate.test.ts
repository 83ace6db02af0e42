// What passes at once, what waits, and that nothing waits for ever.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { isHoldfastError, seededChance } from '@holdfast/kernel';
import { sampleResult } from '../results/sample-results.ts';
import { LeavingGate } from './leaving-gate.ts';

const LEAVING_MS = 1_000_000;
const run = (plannedAtMs: number) => sampleResult(seededChance(1), { check: 'web', plannedAtMs });

test('a day leaves when what was begun has ended, and what is late waits until it is gone', async () => {
  const gate = new LeavingGate();
  const order: string[] = [];
  const note = (word: string) => async () => void order.push(word);
  const { promise: slow, resolve: end } = Promise.withResolvers<void>();
  const begun = gate.pass([run(1)], () => slow.then(note('begun')));
  const leaving = gate.whileLeaving(LEAVING_MS, async () => {
    order.push('leaves');
    await setImmediate();
    order.push('gone');
  });
  const late = gate.pass([run(LEAVING_MS), run(LEAVING_MS - 1)], note('late'));
  await gate.pass([run(LEAVING_MS)], note('present'));
  end();
  await Promise.all([begun, leaving, late]);
  assert.deepEqual(order, ['present', 'begun', 'leaves', 'gone', 'late']);
});

test('what failed holds up nobody, and is told to who asked', async () => {
  const gate = new LeavingGate();
  const failed = gate.pass([run(1)], () => Promise.reject(new Error('full')));
  const told = assert.rejects(failed, /full/);
  const leaves = gate.whileLeaving(LEAVING_MS, () => Promise.reject(new Error('no room')));
  const late = gate.pass([run(1)], async () => 'kept');
  await assert.rejects(leaves, /no room/);
  assert.equal(await late, 'kept');
  await told;
});

test('more than can be held is refused', async () => {
  const gate = new LeavingGate();
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const leaving = gate.whileLeaving(LEAVING_MS, () => gone);
  const batch = Array.from({ length: 15_000 }, () => run(1));
  const held = gate.pass(batch, async () => 'kept');
  const refused = gate.pass(batch, async () => 'kept');
  await assert.rejects(refused, (error) => isHoldfastError(error) && error.code === 'STORE_FAILED');
  resolve();
  await leaving;
  assert.equal(await held, 'kept');
  assert.equal(await gate.pass(batch, async () => 'kept'), 'kept');
});
