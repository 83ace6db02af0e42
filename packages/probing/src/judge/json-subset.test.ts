import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonDifference } from './json-subset.ts';

test('objects may hold more, at every depth', () => {
  assert.equal(jsonDifference({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3 } }), undefined);
  assert.equal(jsonDifference({ a: 1 }, {}), undefined);
});

test('the first difference is named by its place', () => {
  assert.equal(jsonDifference({ a: { b: 1 } }, { a: { b: 2 } }), '$.a.b is 1, wanted 2');
  assert.equal(jsonDifference({ a: {} }, { a: { 'b c': 2 } }), '$.a["b c"] is missing');
  assert.equal(jsonDifference([1, 2], [1, 3]), '$[1] is 2, wanted 3');
  assert.equal(jsonDifference([1], [1, 2]), '$ has 1 elements, wanted 2');
  assert.equal(jsonDifference(null, { a: 1 }), '$ is null, wanted an object');
  assert.equal(jsonDifference({ 0: 1 }, [1]), '$ is {"0":1}, wanted an array');
  assert.equal(jsonDifference('1', 1), '$ is "1", wanted 1');
});

test('elements of arrays are compared as a whole', () => {
  assert.equal(jsonDifference([{ a: 1, b: 2 }], [{ a: 1 }]), '$[0].b was not wanted');
  assert.equal(jsonDifference({ x: [{ a: 1 }] }, { x: [{ a: 1 }] }), undefined);
});

test('names of Object are no members', () => {
  assert.equal(jsonDifference({}, { constructor: {} }), '$.constructor is missing');
});

test('depth is bounded', () => {
  const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
  assert.match(jsonDifference(deep, deep) ?? '', /nested too deeply/);
});

test('every value holds itself, and an object with more members holds it too', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 4 }),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (value, more) => {
        const copy = JSON.parse(JSON.stringify(value));
        assert.equal(jsonDifference(copy, copy), undefined);
        if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) return;
        assert.equal(
          jsonDifference({ ...JSON.parse(JSON.stringify(more)), ...copy }, copy),
          undefined,
        );
      },
    ),
  );
});
