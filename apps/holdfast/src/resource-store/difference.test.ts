import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { differingPaths } from './difference.ts';

test('paths lead to what differs, and to nothing else', () => {
  const before = { spec: { a: 1, list: [1, { b: 2 }], gone: null, 'x y': 1 }, same: [1] };
  const after = { same: [1], spec: { a: 2, list: [1, { b: 3 }, 4], 'x y': 2, come: {} } };
  assert.deepEqual(differingPaths(before, after), [
    'spec.a',
    'spec.list[1].b',
    'spec.list[2]',
    'spec.gone',
    'spec["x y"]',
    'spec.come',
  ]);
  assert.deepEqual(differingPaths({ a: [1] }, { a: { 0: 1 } }), ['a']);
  assert.equal(differingPaths(Array(99).fill(1), Array(99).fill(2)).length, 50);
});

test('there is a path just where values differ', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
      const same = isDeepStrictEqual(
        JSON.parse(JSON.stringify(before)),
        JSON.parse(JSON.stringify(after)),
      );
      assert.equal(differingPaths({ before }, { before: after }).length === 0, same);
    }),
  );
});
