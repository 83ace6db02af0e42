import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RunningStatistics } from './running-statistics.ts';

function statisticsOf(values: readonly number[]): RunningStatistics {
  const statistics = new RunningStatistics();
  for (const value of values) statistics.add(value);
  return statistics;
}

function near(actual: number | undefined, expected: number): void {
  const slack = 1e-9 * Math.max(1, Math.abs(expected));
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= slack, `${actual} ${expected}`);
}

test('streamed statistics equal those of the whole list', () => {
  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2 });
  fc.assert(
    fc.property(values, (list) => {
      const statistics = statisticsOf(list);
      const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
      const squares = list.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      assert.equal(statistics.count, list.length);
      near(statistics.mean, mean);
      near(statistics.variance, squares / (list.length - 1));
      near((statistics.standardDeviation ?? 0) ** 2, squares / (list.length - 1));
      assert.equal(statistics.min, Math.min(...list));
      assert.equal(statistics.max, Math.max(...list));
    }),
  );
});

test('a small spread far from zero keeps its digits', () => {
  near(statisticsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).variance, 30);
});

test('what is not known yet is undefined', () => {
  const { count, mean, min, max, variance, standardDeviation } = statisticsOf([]);
  assert.equal(count, 0);
  assert.deepEqual([mean, min, max, variance, standardDeviation], new Array(5).fill(undefined));
  assert.equal(statisticsOf([5]).mean, 5);
  assert.equal(statisticsOf([5]).variance, undefined);
});

test('values that would spoil the rest are refused and change nothing', () => {
  const statistics = statisticsOf([1, 3]);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => statistics.add(value), RangeError);
  }
  assert.equal(statistics.mean, 2);
});
