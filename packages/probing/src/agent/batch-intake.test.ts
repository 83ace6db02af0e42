import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededChance, silentLogger } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { ProbeResult } from '@holdfast/resources/result';
import { BatchIntake } from './batch-intake.ts';
import { resultOf } from './testing/result-of.ts';

test('acknowledges after storing, one batch at a time and in order', async () => {
  const storing: (() => void)[] = [];
  const { clock, intake, acknowledged } = fixture(
    () => new Promise<void>((resolve) => storing.push(resolve)),
  );
  intake.put([resultOf({})], () => acknowledged.push(1));
  intake.put([resultOf({})], () => acknowledged.push(2));
  await clock.advanceAsync(0);
  assert.deepEqual([storing.length, acknowledged], [1, []]);
  storing[0]?.();
  await clock.advanceAsync(0);
  assert.deepEqual([storing.length, acknowledged], [2, [1]]);
});

test('tries a failing store again before it acknowledges', async () => {
  let tries = 0;
  const { clock, intake, acknowledged } = fixture(async () => {
    tries += 1;
    if (tries < 3) throw new Error('The disk is full.');
  });
  intake.put([resultOf({})], () => acknowledged.push(1));
  await clock.advanceAsync(60_000);
  assert.deepEqual([tries, acknowledged], [3, [1]]);
});

test('gives a batch up in the end, so that the next one comes', async () => {
  const stored: number[] = [];
  const { clock, intake, acknowledged } = fixture(async (results) => {
    if (results.length === 2) throw new Error('It cannot be stored, ever.');
    stored.push(results.length);
  });
  intake.put([resultOf({}), resultOf({})], () => acknowledged.push(1));
  intake.put([resultOf({})], () => acknowledged.push(2));
  await clock.advanceAsync(120_000);
  assert.deepEqual([stored, acknowledged], [[1], [1, 2]]);
});

test('close waits for what was put, without pauses between tries', async () => {
  let tries = 0;
  const { clock, intake } = fixture(async () => {
    tries += 1;
    throw new Error('The store is gone.');
  });
  intake.put([resultOf({})], () => {});
  await intake.close();
  assert.equal(tries, 5);
  assert.equal(clock.pending, 0);
});

function fixture(store: (results: readonly ProbeResult[]) => Promise<void>) {
  const clock = new SimulatedClock();
  const intake = new BatchIntake({ clock, chance: seededChance(1), logger: silentLogger, store });
  return { clock, intake, acknowledged: [] as number[] };
}
