import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ring } from './ring.ts';

test('a ring shows the last items in the order they came', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer()), (capacity, items) => {
      const ring = new Ring<number>(capacity);
      for (const [i, item] of items.entries()) {
        ring.push(item);
        const expected = items.slice(Math.max(0, i + 1 - capacity), i + 1);
        assert.deepEqual(ring.toArray(), expected);
        assert.equal(ring.size, expected.length);
        assert.equal(ring.last, item);
      }
    }),
  );
});

test('an empty ring has no last item, and its array is a copy', () => {
  const ring = new Ring<number>(3);
  assert.equal(ring.last, undefined);
  assert.deepEqual(ring.toArray(), []);
  ring.toArray().push(1);
  assert.equal(ring.size, 0);
});

test('a ring of nothing is refused', () => {
  assert.throws(() => new Ring(0), /at least 1, not 0/);
});
