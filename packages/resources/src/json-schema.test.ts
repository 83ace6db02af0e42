// The exported schemas must say what the loader says, as far as single fields go: a schema that an
// editor believes and the loader does not would be worse than none.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { resourceSchemas } from './file/file-schema.ts';
import { holdfastFileSchema, kindSchema } from './json-schema.ts';
import { KIND_EXPECTATIONS, KIND_FIELDS, kindsWith } from './probe-check/kinds.ts';
import { RESOURCE_KINDS } from './resource-name.ts';

const TESTDATA = join(import.meta.dirname, '../testdata');
const fileSchema = z.fromJSONSchema(holdfastFileSchema() as Parameters<typeof z.fromJSONSchema>[0]);

function documentsOf(file: string): unknown[] {
  const documents = parseAllDocuments(readFileSync(join(TESTDATA, file), 'utf8'), { merge: true });
  return documents.map((document) => document.toJS() as unknown).filter((value) => value !== null);
}

describe('what is valid to the loader is valid to editors', () => {
  for (const file of readdirSync(TESTDATA).filter((name) => /^valid-.*\.yaml$/.test(name))) {
    test(file, () => {
      for (const value of documentsOf(file)) {
        const kind = (value as { kind?: 'Check' | 'AlertRule' | 'Channel' }).kind;
        const schema =
          kind === undefined
            ? fileSchema
            : z.fromJSONSchema(kindSchema(kind) as Parameters<typeof z.fromJSONSchema>[0]);
        assert.deepEqual(schema.safeParse(value).error?.issues ?? [], []);
      }
    });
  }
});

test('unknown fields and wrong shapes are invalid to editors, too', () => {
  for (const file of [
    'invalid-unknown-field.yaml',
    'invalid-wrong-shapes.yaml',
    'invalid-list-of-checks-alone.yaml',
  ]) {
    for (const value of documentsOf(file)) assert.ok(!fileSchema.safeParse(value).success, file);
  }
});

test('there are as many kinds as there are schemas', () => {
  assert.deepEqual([...RESOURCE_KINDS], Object.keys(resourceSchemas));
});

test('every field of the file has a description', () => {
  const missing: string[] = [];
  const visit = (schema: unknown, path: string) => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties, ...rest } = schema as {
      properties?: Record<string, { description?: string }>;
    };
    for (const [name, field] of Object.entries(properties ?? {})) {
      if (field.description === undefined) missing.push(`${path}.${name}`);
      visit(field, `${path}.${name}`);
    }
    for (const [name, inner] of Object.entries(rest)) {
      if (Array.isArray(inner)) for (const one of inner) visit(one, path);
      else if (name === 'items' || name === 'additionalProperties') visit(inner, path);
    }
  };
  visit(holdfastFileSchema(), '');
  assert.deepEqual(missing, []);
  assert.equal(holdfastFileSchema().$schema, 'https://json-schema.org/draft/2020-12/schema');
});

test('a field that only some kinds have says so', () => {
  const { properties } = kindSchema('Check') as { properties: { spec: JsonObject } };
  const fields = properties.spec.properties ?? {};
  const expectations = fields.expect?.properties ?? {};
  for (const [table, described, group] of [
    [KIND_FIELDS, fields, undefined],
    [KIND_EXPECTATIONS, expectations, 'expect'],
  ] as const) {
    for (const name of new Set(Object.values(table).flat())) {
      if (name === 'query' || name === 'that') continue;
      const text = described[name]?.description ?? '';
      for (const kind of kindsWith(name, group))
        assert.match(text, new RegExp(`\\b${kind}\\b`), name);
    }
  }
});

interface JsonObject {
  description?: string;
  properties?: Record<string, JsonObject>;
}
