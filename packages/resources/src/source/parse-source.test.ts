// Places are the whole worth of our trees: every value must know where it stands.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSource } from './parse-source.ts';
import { plainValue, type SourceNode } from './source-node.ts';

function assertPlaces(node: SourceNode, lines: readonly string[]): void {
  if (node.kind === 'list') for (const item of node.items) assertPlaces(item, lines);
  if (node.kind === 'map') {
    for (const [name, field] of node.fields) {
      assertStands(field.key, JSON.stringify(name), lines);
      assertPlaces(field.node, lines);
    }
  }
  // Nothing has no place of its own: its field's name is shown.
  if (node.kind !== 'scalar' || node.value === null) return;
  assertStands(node.place, JSON.stringify(node.value), lines);
}

function assertStands(
  place: { line: number; column: number },
  text: string,
  lines: readonly string[],
): void {
  const there = lines[place.line - 1]?.slice(place.column - 1) ?? '';
  assert.ok(there.startsWith(text), `${text} is said to stand at ${JSON.stringify(there)}`);
}

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.stringMatching(/^[a-z .:#-]{0,12}$/),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('tree'), { maxKeys: 4 }),
  ),
}));

test('every value of YAML knows its place, and means what was written', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tree, { minKeys: 1 }),
      fc.nat(4),
      (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const { documents, problems } = parseSource('a.yaml', text);
        const [root] = documents;
        assert.deepEqual(problems, []);
        assert.ok(root !== undefined);
        assert.deepEqual(plainValue(root), JSON.parse(text));
        assertPlaces(root, text.split('\n'));
      },
    ),
    { numRuns: 300 },
  );
});

test('every value of TOML knows its place', () => {
  const text =
    'a = 1\n"b c".d = "x"\n[e.f]\ng = [true, {h = "y"}]\n[[i]]\nj = 1979-05-27\n[[i]]\nk = 2.5\n';
  const [root] = parseSource('a.toml', text).documents;
  assert.ok(root !== undefined);
  assert.deepEqual(plainValue(root), {
    a: 1,
    'b c': { d: 'x' },
    e: { f: { g: [true, { h: 'y' }] } },
    i: [{ j: '1979-05-27' }, { k: 2.5 }],
  });
  const places: string[] = [];
  const visit = (node: SourceNode) => {
    if (node.kind === 'scalar') places.push(`${node.place.line}:${node.place.column}`);
    if (node.kind === 'list') node.items.forEach(visit);
    if (node.kind === 'map') for (const { node: inner } of node.fields.values()) visit(inner);
  };
  visit(root);
  assert.deepEqual(places, ['1:5', '2:11', '4:6', '4:17', '6:5', '8:5']);
});

test('names that would reach into objects are refused', () => {
  for (const [file, text] of [
    ['a.yaml', '__proto__: {a: 1}'],
    ['a.toml', '__proto__.a = 1'],
  ] as const) {
    const { problems } = parseSource(file, text);
    assert.equal(problems.length, 1);
    assert.equal(({} as { a?: unknown }).a, undefined);
  }
});
