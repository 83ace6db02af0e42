// The JSON Schema that a body must satisfy (draft 2020-12): inline, or read from the file it names.
// Compiled once here, so that an agent never meets one it cannot use; nothing is ever fetched for it.

import { createRequire } from 'node:module';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { RegExpEngine } from 'ajv/dist/types/index.js';
import type { FormatsPlugin } from 'ajv-formats';
import { linearPattern } from '../fields/linear-pattern.ts';
import { unreadable } from './file-reader.ts';

export type SchemaReading =
  | { ok: true; schema: unknown }
  | { ok: false; message: string; hint: string };

const SCHEMA_LENGTH_MAX = 1024 * 1024;
const PATH_HINT = 'write the path of a JSON file, relative to this file, or the schema itself';

/** `readText` gives what the file holds; it may throw. */
export function readSchemaFile(readText: () => string): SchemaReading {
  let text: string;
  try {
    text = readText();
  } catch (error) {
    return refused(unreadable(error), PATH_HINT);
  }
  if (text.length > SCHEMA_LENGTH_MAX) return refused('is larger than 1 MiB', 'split it');
  try {
    return provenSchema(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The reason would quote the file, which may be any.
    return refused('names a file that is no JSON', PATH_HINT);
  }
}

export function provenSchema(schema: unknown): SchemaReading {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    return refused('is no JSON Schema', PATH_HINT);
  if (Object.hasOwn(schema, '$async'))
    return refused('holds $async, which is no JSON Schema', 'remove it');
  try {
    newValidator().compile(schema);
    return { ok: true, schema };
  } catch (error) {
    return refusedFor(error);
  }
}

/** A new one each time: what one schema defines is nothing to the next. */
function newValidator(): Ajv2020 {
  // Loaded on first use: most files name no schema, and a command line should start at once.
  const require = createRequire(import.meta.url);
  const { Ajv2020: Validator } = require('ajv/dist/2020.js') as { Ajv2020: typeof Ajv2020 };
  const addFormats = require('ajv-formats') as FormatsPlugin;
  // As the agent runs them: patterns that only a backtracking engine knows are faults here already.
  const linear = (pattern: string) => linearPattern(pattern);
  const regExp = Object.assign(linear, { code: 'linear' }) as unknown as RegExpEngine;
  const validator = new Validator({ strict: false, logger: false, code: { regExp } });
  addFormats(validator);
  return validator;
}

function refusedFor(error: unknown): SchemaReading {
  if (error instanceof RangeError) return refused('is nested too deeply', 'write a flatter schema');
  const missing = (error as { missingRef?: unknown }).missingRef;
  if (typeof missing === 'string') {
    const message = `refers to ${missing}, which is not in it, and nothing is fetched`;
    return refused(message, 'put it under $defs');
  }
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const pattern = /^error parsing regexp: (.*)/.exec(reason)?.[1];
  if (pattern !== undefined) {
    const message = `holds a pattern that RE2 does not know: ${pattern.replaceAll('`', '"')}`;
    return refused(message, 'write it in RE2 syntax, which has no look-around or back references');
  }
  if (/no schema with key or ref/.test(reason)) {
    const hint = 'write $schema: https://json-schema.org/draft/2020-12/schema, or leave it out';
    return refused('names another draft in $schema than 2020-12', hint);
  }
  return refused(`is no JSON Schema: ${reason.slice(0, 300)}`, 'write it as draft 2020-12 says');
}

function refused(message: string, hint: string): SchemaReading {
  return { ok: false, message, hint };
}
