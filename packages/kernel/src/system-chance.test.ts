import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemChance } from './system-chance.ts';

test('numbers do not repeat across several batches and fill [0, 1) evenly', () => {
  const numbers = Array.from({ length: 5_000 }, () => systemChance.next());
  assert.equal(new Set(numbers).size, numbers.length);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  // Ten standard errors: chance alone never comes here.
  assert.ok(Math.abs(mean - 0.5) < 10 * Math.sqrt(1 / 12 / numbers.length), `mean ${mean}`);
});
