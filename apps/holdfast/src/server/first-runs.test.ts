import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleCheck } from '../testing/sample.ts';
import { createFirstRuns } from './first-runs.ts';

const daily = sampleCheck({ name: 'daily', intervalMs: 86_400_000 });

test('a rare check without a result is asked once, a frequent or a paused one never', () => {
  const first = createFirstRuns();
  const checks = [daily, sampleCheck(), sampleCheck({ ...daily, name: 'paused', paused: true })];
  assert.deepEqual(
    first.due(checks, () => false),
    [daily],
  );
  assert.deepEqual(
    first.due(checks, () => false),
    [],
  );
});

test('one that has a result is left alone; one that was removed and came back is new', () => {
  const first = createFirstRuns();
  assert.deepEqual(
    first.due([daily], () => true),
    [],
  );
  assert.equal(first.due([daily], () => false).length, 1);
  first.due([], () => false);
  assert.equal(first.due([daily], () => false).length, 1);
});

test('many are spread over several looks', () => {
  const first = createFirstRuns();
  const many = Array.from({ length: 50 }, (_, index) =>
    sampleCheck({ ...daily, name: `check-${index}` }),
  );
  const looks = [1, 2, 3, 4].map(() => first.due(many, () => false).length);
  assert.deepEqual(looks, [20, 20, 10, 0]);
});
