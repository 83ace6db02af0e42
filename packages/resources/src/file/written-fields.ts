// The fields of one entry under their present names, each with the place it was written at. Groups
// (expect, tls, headers, labels …) are taken apart one level, so that defaults and check can be laid
// over each other field by field.

import type { Path } from '../source/source-node.ts';
import type { At, ProblemList } from './problem-list.ts';

export interface WrittenField {
  group: string | undefined;
  name: string;
  value: unknown;
  path: Path;
}

/** By canonical key; later entries win when two maps are laid over each other. */
export type WrittenFields = Map<string, WrittenField>;

const GROUPS: readonly string[] = [
  'expect',
  'tls',
  'headers',
  'metadata',
  'retries',
  'timeouts',
  'labels',
];

/** Older name → present path, and what its value becomes. */
const OLDER: Record<
  string,
  { path: [string] | [string, string]; value?: (value: unknown) => unknown }
> = {
  url: { path: ['target'] },
  record_type: { path: ['recordType'] },
  expect_status: { path: ['expect', 'status'] },
  expect_code: { path: ['expect', 'status'], value: zeroAsAny },
  expect_body: { path: ['expect', 'body'], value: (contains) => ({ contains }) },
};

export function writtenFields(
  entry: Readonly<Record<string, unknown>>,
  at: At,
  list: ProblemList,
): WrittenFields {
  const fields: WrittenFields = new Map();
  const older: [string, WrittenField][] = [];
  for (const [name, value] of Object.entries(entry)) {
    const path = [...at.path, name];
    const present = Object.hasOwn(OLDER, name) ? OLDER[name] : undefined;
    if (present !== undefined) {
      const [first, second] = present.path;
      const renamed =
        second === undefined ? { group: undefined, name: first } : { group: first, name: second };
      older.push([name, { ...renamed, value: present.value?.(value) ?? value, path }]);
    } else if (GROUPS.includes(name) && typeof value === 'object' && value !== null) {
      for (const [inner, innerValue] of Object.entries(value)) {
        put(fields, { group: name, name: inner, value: innerValue, path: [...path, inner] });
      }
    } else put(fields, { group: undefined, name, value, path });
  }
  for (const [name, field] of older) {
    const present = field.group === undefined ? field.name : `${field.group}.${field.name}`;
    if (!fields.has(keyOf(field))) put(fields, field);
    else
      list.key(
        { root: at.root, path: field.path },
        {
          message: `is an older name of ${present}, which is given too`,
          hint: `keep ${present}, remove ${name}`,
        },
      );
  }
  return fields;
}

function put(fields: WrittenFields, field: WrittenField): void {
  fields.set(keyOf(field), field);
}

function keyOf(field: WrittenField): string {
  // Header names do not care about case: a check's `accept` replaces the defaults' `Accept`.
  const caseless = field.group === 'headers' || field.group === 'metadata';
  const name = caseless ? field.name.toLowerCase() : field.name;
  return field.group === undefined ? name : `${field.group}\n${name}`;
}

/** The fields as one object, groups put together again. */
export function assembled(fields: Iterable<WrittenField>): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  const groups = new Map<string, [string, unknown][]>();
  for (const { group, name, value } of fields) {
    if (group === undefined) entry[name] = value;
    else groups.set(group, [...(groups.get(group) ?? []), [name, value]]);
  }
  for (const [group, inner] of groups) entry[group] = Object.fromEntries(inner);
  return entry;
}

function zeroAsAny(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(zeroAsAny);
  return value === 0 ? 'any' : value;
}
