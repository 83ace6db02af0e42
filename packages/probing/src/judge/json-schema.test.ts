// JSON Schema over bodies: what holds, where it does not, and what schemas and documents may not do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonSchemaFailure, prepareJsonSchema } from './json-schema.ts';

async function failure(schema: object, document: unknown): Promise<string | undefined> {
  const problem = await prepareJsonSchema(schema);
  assert.equal(problem, undefined);
  return jsonSchemaFailure(document, schema);
}

const SHOP = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://shop.test/schema',
  type: 'object',
  required: ['items'],
  properties: {
    items: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          name: { type: 'string', pattern: '^[a-z]+$' },
          code: { type: 'string', pattern: '^[0-9]+$' },
          kind: { enum: ['a', 'b'] },
          'made-at': { type: 'string', format: 'date-time' },
        },
      },
    },
  },
};

test('the first place that does not hold is told as a path, in words', async () => {
  const cases: [unknown, RegExp | undefined][] = [
    [
      { items: [{ name: 'x', code: '1', kind: 'a', 'made-at': '2026-01-01T00:00:00Z' }] },
      undefined,
    ],
    [[], /^\$ must be object$/],
    [{}, /^\$ must have required property 'items'$/],
    [{ items: [] }, /^\$\.items must NOT have fewer than 1 items$/],
    [{ items: [{ name: 'x' }, { name: 7 }] }, /^\$\.items\[1\]\.name must be string$/],
    [{ items: [{ name: 'X' }] }, /^\$\.items\[0\]\.name must match pattern "\^\[a-z\]\+\$"$/],
    [{ items: [{ code: 'x' }] }, /^\$\.items\[0\]\.code must match pattern/],
    [{ items: [{ kind: 'c' }] }, /kind must be equal to one of the allowed values: \["a","b"\]$/],
    [
      { items: [{ 'made-at': 'now' }] },
      /^\$\.items\[0\]\["made-at"\] must match format "date-time"$/,
    ],
    [{ items: [{ more: 1 }] }, /must NOT have additional properties \("more"\)$/],
  ];
  for (const [document, expected] of cases) {
    const found = await failure(SHOP, document);
    if (expected === undefined) assert.equal(found, undefined);
    else assert.match(found ?? 'it holds', expected);
  }
});

test('of alternatives the decision and the first reason are told', async () => {
  const schema = { properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } } };
  assert.equal(
    await failure(schema, { a: 1 }),
    '$.a must match a schema in anyOf (first, $.a must be string)',
  );
});

test('the same identifier in two checks does not meet', async () => {
  const [one, two] = ['string', 'number'].map((type) => ({ $id: 'https://x.test/s', type }));
  assert.equal(await failure(one ?? {}, 'a'), undefined);
  assert.equal(await failure(two ?? {}, 1), undefined);
  assert.equal(await failure(one ?? {}, 1), '$ must be string');
});

test('what a schema may not be', async () => {
  const cases: [unknown, RegExp][] = [
    [7, /no object/],
    [{ type: 'nothing' }, /cannot be used/],
    [{ $ref: 'https://remote.test/schema.json' }, /can't resolve reference/],
    [{ $async: true, type: 'object' }, /asynchronous/],
    [{ properties: { a: { pattern: '(?=x)' } } }, /cannot be used/],
  ];
  for (const [schema, expected] of cases) {
    assert.match((await prepareJsonSchema(schema)) ?? 'it is good', expected);
  }
});

test('references within are followed', async () => {
  const schema = {
    $defs: { node: { properties: { next: { $ref: '#/$defs/node' }, at: { type: 'integer' } } } },
    $ref: '#/$defs/node',
  };
  assert.equal(await failure(schema, { at: 1, next: { at: 2 } }), undefined);
  assert.match(
    (await failure(schema, { next: { next: { at: 'x' } } })) ?? '',
    /^\$\.next\.next\.at/,
  );
});

test('a pattern built to explode runs in linear time', async () => {
  const schema = { properties: { a: { pattern: '^(a+)+$' } } };
  const startMs = performance.now();
  assert.match((await failure(schema, { a: `${'a'.repeat(100_000)}!` })) ?? '', /must match/);
  assert.ok(performance.now() - startMs < 2_000);
});

test('a document as deep as it likes, and one that costs too much, are faults of the body', async () => {
  const tree = { properties: { a: { $ref: '#' } } };
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  assert.equal(await failure(tree, deep), '$ is nested too deeply');
  const below = { properties: { a: { $ref: '#' } } };
  const branching = { type: 'object', anyOf: [below, { ...below }] };
  const chain = JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`);
  const startMs = performance.now();
  assert.match((await failure(branching, chain)) ?? '', /longer than 250 ms/);
  assert.ok(performance.now() - startMs < 2_000);
  assert.equal(await failure({ type: 'object' }, {}), undefined, 'it goes on afterwards');
});
