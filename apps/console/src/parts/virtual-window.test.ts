import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scrollToRow, virtualWindow } from './virtual-window.ts';

test('every row in view is built, few others are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 0, max: 2000 }),
      fc.integer({ min: 8, max: 80 }),
      fc.nat({ max: 200_000 }),
      (count, viewPx, rowPx, wanted) => {
        const scrollPx = Math.min(wanted, Math.max(0, count * rowPx - viewPx));
        const seen = virtualWindow(scrollPx, viewPx, rowPx, count);
        const firstInView = Math.floor(scrollPx / rowPx);
        const endInView = Math.min(count, Math.ceil((scrollPx + viewPx) / rowPx));
        assert.ok(count === 0 || seen.first <= firstInView);
        assert.ok(seen.end >= endInView && seen.end <= count);
        assert.ok(seen.end - seen.first <= viewPx / rowPx + 20);
        assert.equal(seen.heightPx, count * rowPx);
      },
    ),
  );
});

test('a scroll beyond the end, after a filter, still shows rows', () => {
  const seen = virtualWindow(60_000, 600, 30, 5);
  assert.deepEqual([seen.first, seen.end], [0, 5]);
});

test('a row is brought into view by the shortest way', () => {
  assert.equal(scrollToRow(0, 300, 100, 30), 0);
  assert.equal(scrollToRow(11, 300, 100, 30), 300);
  assert.equal(scrollToRow(20, 300, 100, 30), 530);
});
