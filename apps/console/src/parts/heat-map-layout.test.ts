import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeatMap } from '@holdfast/resources/api';
import fc from 'fast-check';
import { heatCellAt, heatRows, heatStrength, heatTicks, timeTicks } from './heat-map-layout.ts';

const heat: HeatMap = {
  fromMs: 0,
  toMs: 400,
  stepMs: 100,
  boundsMs: [1, 2, 4, 8, 16, 32, 64],
  columns: [
    { startMs: 0, counts: [0, 0, 5, 1, 0, 0, 0, 0], failed: 0 },
    { startMs: 200, counts: [0, 0, 0, 2, 0, 0, 0, 0], failed: 3 },
  ],
};

test('only rows that hold runs are shown, with some room', () => {
  const rows = heatRows(heat);
  assert.ok(rows !== undefined && rows.first <= 2 && rows.last >= 3);
  assert.equal(rows.most, 5);
  assert.equal(rows.last - rows.first + 1, 6);
  assert.equal(heatRows({ ...heat, columns: [] }), undefined);
});

test('a place tells its time, its latencies, its runs and what failed meanwhile', () => {
  const rows = { first: 2, last: 3, most: 5 };
  assert.deepEqual(heatCellAt(heat, rows, 0.1, 0.9), {
    startMs: 0,
    aboveMs: 2,
    toMs: 4,
    count: 5,
    failed: 0,
  });
  assert.deepEqual(heatCellAt(heat, rows, 0.6, 0.1), {
    startMs: 200,
    aboveMs: 4,
    toMs: 8,
    count: 2,
    failed: 3,
  });
  assert.equal(heatCellAt(heat, rows, 0.3, 0.5), undefined);
  assert.equal(heatCellAt(heat, rows, 1, 0.5), undefined);
});

test('the last row has no upper bound', () => {
  const cell = heatCellAt(heat, { first: 7, last: 7, most: 1 }, 0.1, 0.5);
  assert.equal(cell?.aboveMs, 64);
  assert.equal(cell?.toMs, Number.POSITIVE_INFINITY);
});

test('more runs are never weaker, and one is always seen', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const [weak, strong] = [heatStrength(low, high), heatStrength(high, high)];
      assert.ok(weak > 0.1 && weak <= strong && strong <= 1.0001);
    }),
  );
});

test('labels keep apart and stay in range', () => {
  const ticks = heatTicks(heat.boundsMs, { first: 0, last: 6, most: 1 }, 0.25);
  assert.deepEqual(
    ticks.map(({ ms }) => ms),
    [1, 4, 16, 64],
  );
  const { stepS, atS } = timeTicks(10_000, 3_610_000, 8, 0);
  assert.equal(stepS, 600);
  assert.deepEqual(atS, [600, 1200, 1800, 2400, 3000, 3600]);
});

test('rows, cells and ticks of any map stay within it', () => {
  const column = fc.record({
    startMs: fc.integer({ min: 0, max: 3 }).map((place) => place * 100),
    counts: fc.array(fc.nat(9), { minLength: 8, maxLength: 8 }),
    failed: fc.nat(4),
  });
  fc.assert(
    fc.property(fc.array(column), fc.double({ min: 0, max: 0.99, noNaN: true }), (columns, at) => {
      const map = { ...heat, columns };
      const rows = heatRows(map);
      if (rows === undefined) return;
      assert.ok(rows.first >= 0 && rows.first <= rows.last && rows.last <= 7);
      const cell = heatCellAt(map, rows, at, at);
      assert.ok(cell === undefined || cell.aboveMs < cell.toMs);
    }),
  );
});
