import assert from 'node:assert/strict';
import { it } from 'node:test';
import fastCheck from 'fast-check';
import { Template } from './template.ts';

it('leaves what is kept beside it out of a patch, there and nowhere else', () => {
  const template = new Template({ a: { chain: [], b: 1 }, chain: [] });
  const beside = ['a', 'chain'];
  assert.equal(template.diff({ a: { chain: [1, 2], b: 1 }, chain: [] }, beside), '');
  const patch = template.diff({ a: { chain: [1, 2], b: 2 }, chain: [3] }, beside);
  assert.deepEqual(template.apply(patch), { a: { chain: [], b: 2 }, chain: [3] });
});

it('names only what differs', () => {
  const template = new Template({ a: { b: 1, c: [1, 2] }, d: 'x', e: true });
  assert.equal(template.diff({ a: { c: [1, 2], b: 1 }, d: 'x', e: true }), '');
  assert.equal(template.diff({ a: { b: 2, c: [1, 2] }, d: 'x', e: true }), '[[2,2]]');
  assert.equal(template.diff({ a: { b: 1, c: [1, 2] }, d: 'x' }), '[[],[5]]');
  assert.equal(
    template.diff({ a: { b: 1, c: [1, 2], f: null }, d: 'x', e: true }),
    '[[],[],[1,"f",null]]',
  );
});

it('leaves out what JSON leaves out', () => {
  const template = new Template({ a: 1, b: { c: 2 } });
  assert.equal(template.diff({ a: 1, b: { c: 2, d: undefined }, e: () => 1 }), '');
  assert.deepEqual(template.apply(template.diff({ a: undefined, b: { c: new Date(0) } })), {
    b: { c: '1970-01-01T00:00:00.000Z' },
  });
});

it('shares what it does not touch, and cannot be written to', () => {
  const template = new Template({ a: { b: 1 }, d: { e: 2 } });
  const applied = template.apply(template.diff({ a: { b: 1 }, d: { e: 3 } }));
  assert.equal(applied.a, template.tree.a);
  assert.deepEqual(template.tree, { a: { b: 1 }, d: { e: 2 } });
  assert.ok(Object.isFrozen(template.tree.d));
});

it('refuses a patch for another template', () => {
  assert.throws(() => new Template({ a: 1 }).apply('[[7,1]]'), RangeError);
});

it('makes any object of any other', () => {
  const tree = () =>
    fastCheck
      .dictionary(
        fastCheck.constantFrom('a', 'b', 'c', '__proto__', ''),
        fastCheck.jsonValue({ maxDepth: 3 }),
      )
      .map((value): Record<string, unknown> => JSON.parse(JSON.stringify(value)));
  const property = fastCheck.property(tree(), tree(), (from, to) => {
    const template = new Template(structuredCloneOf(from));
    assert.deepEqual(
      JSON.stringify(sorted(template.apply(template.diff(to)))),
      JSON.stringify(sorted(to)),
    );
    assert.equal(template.diff(from), '');
  });
  fastCheck.assert(property, { numRuns: 1000, seed: 3 });
});

function structuredCloneOf(value: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value));
}

/** As lists of members, in order of their names. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value).map(([key, member]) => [key, sorted(member)]);
  return { members: members.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) };
}
