import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniform } from './uniform.ts';

const LARGEST_WORD = 2 ** 32 - 1;

test('the numbers reach from 0 to the last double before 1', () => {
  assert.equal(uniform(() => 0).next(), 0);
  assert.equal(uniform(() => LARGEST_WORD).next(), 1 - 2 ** -53);
});

test('the largest word never reaches the bound of an integer', () => {
  const largest = uniform(() => LARGEST_WORD);
  for (const below of [1, 2, 3, 10, 2 ** 32, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER]) {
    assert.equal(largest.integer(below), below - 1);
  }
});
