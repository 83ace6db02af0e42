import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quantileOf } from './quantile.ts';

test('quantiles are interpolated between neighbours', () => {
  assert.equal(quantileOf([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantileOf([1, 2, 3, 4, 5], 0.25), 2);
  assert.equal(quantileOf([10, 20], 0.9), 19);
  assert.equal(quantileOf([7], 0.99), 7);
});

test('nothing has no quantile, and a quantile outside 0 to 1 is refused', () => {
  assert.equal(quantileOf([], 0.5), undefined);
  for (const q of [-0.1, 1.1, Number.NaN]) assert.throws(() => quantileOf([1], q), RangeError);
});

test('a quantile lies between the ends, reaches them, and grows with q', () => {
  const values = fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 });
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(values, fraction, fraction, (unsorted, p, q) => {
      const sorted = unsorted.toSorted((a, b) => a - b);
      assert.equal(quantileOf(sorted, 0), sorted[0]);
      assert.equal(quantileOf(sorted, 1), sorted.at(-1));
      const [low, high] = [quantileOf(sorted, Math.min(p, q)), quantileOf(sorted, Math.max(p, q))];
      assert.ok(low !== undefined && high !== undefined && low <= high + 1e-6);
    }),
  );
});
