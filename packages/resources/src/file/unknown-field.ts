// What to say of a field that does not exist: the one that was meant, as far as it can be guessed.

import type * as z from 'zod';
import { similarWord } from '../similar-word.ts';
import type { Path } from '../source/source-node.ts';

/** Words that other tools use for ours. */
const OTHER_WORDS: Record<string, string> = {
  address: 'target',
  certificate_days: 'expect.certificateDays',
  code: 'expect.status',
  endpoint: 'target',
  count: 'packets',
  every: 'interval',
  follow_redirects: 'maxRedirects',
  frequency: 'interval',
  host: 'target',
  insecure: 'tls.verify',
  json: 'expect.json',
  nameserver: 'server',
  period: 'interval',
  qtype: 'recordType',
  query: 'target',
  rcode: 'expect.rcode',
  resolver: 'server',
  retry: 'retries',
  schedule: 'interval',
  size: 'payload',
  sni: 'tls.serverName',
  status: 'expect.status',
  status_code: 'expect.status',
  tags: 'labels',
  targets_file: 'targetsFile',
  that: 'expect.that',
  uri: 'target',
  verb: 'method',
};

/** A longer list is for the reference page. */
const FIELDS_SHOWN_MAX = 8;

export function unknownField(
  schema: z.ZodType,
  path: Path,
  name: string,
): { message: string; hint: string } {
  const fields = [...fieldsAt(schema, path)];
  if (fields.includes(name)) return { message: 'does not go with this type', hint: 'remove it' };
  const message = 'is not a field here';
  const other = Object.hasOwn(OTHER_WORDS, name) ? OTHER_WORDS[name] : undefined;
  if (other !== undefined && fields.includes(other.split('.')[0] ?? ''))
    return { message, hint: `did you mean ${other}?` };
  const near = similarWord(name, fields);
  if (near !== undefined) return { message, hint: `did you mean ${near}?` };
  const few = fields.length > 0 && fields.length <= FIELDS_SHOWN_MAX;
  return {
    message,
    hint: few
      ? `fields here are ${fields.join(', ')}`
      : 'remove it, or move it to where it belongs',
  };
}

interface AnyDefinition {
  type: string;
  shape?: Record<string, z.ZodType>;
  innerType?: z.ZodType;
  element?: z.ZodType;
  valueType?: z.ZodType;
  options?: z.ZodType[];
}

/** The names of the fields that a schema knows at a path, over all forms of a union. */
function fieldsAt(schema: z.ZodType, path: Path): Set<string> {
  const definition = schema.def as AnyDefinition;
  const [step, ...rest] = path;
  if (definition.innerType !== undefined) return fieldsAt(definition.innerType, path);
  if (definition.options !== undefined) {
    return new Set(definition.options.flatMap((option) => [...fieldsAt(option, path)]));
  }
  if (step === undefined) return new Set(Object.keys(definition.shape ?? {}));
  const next = definition.element ?? definition.valueType ?? definition.shape?.[String(step)];
  return next === undefined ? new Set() : fieldsAt(next, rest);
}
