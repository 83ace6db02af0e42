// The records of a fleet as bytes and back. Reading trusts nothing: another version wrote them, or
// somebody's hand did. What is read is frozen, because a mirror gives everybody the same one.

import type { Entry } from '@holdfast/engines/coordination';
import type {
  AgentRecord,
  AppliedRecord,
  AssignmentRecord,
  ServerRecord,
} from '@holdfast/resources/fleet';

type Kind = 'string' | 'number' | 'strings' | 'list' | 'engines';
type Shape<T> = { readonly [Name in keyof T]-?: Kind | `${Kind}?` };

const SERVER: Shape<ServerRecord> = {
  id: 'string',
  url: 'string',
  version: 'string',
  startedAtMs: 'number',
  engines: 'engines',
};

const AGENT: Shape<AgentRecord> = {
  id: 'string',
  location: 'string',
  version: 'string',
  startedAtMs: 'number',
};

const ASSIGNMENT: Shape<AssignmentRecord> = {
  agent: 'string',
  term: 'string',
  revision: 'string',
  checks: 'strings',
  assignedAtMs: 'number',
};

const APPLIED: Shape<AppliedRecord> = {
  node: 'string',
  role: 'string',
  revision: 'string',
  digest: 'string',
  appliedAtMs: 'number',
  lagMsP99: 'number?',
  faults: 'list',
};

export function encodeRecord(record: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record));
}

/** Each throws for what is not such a record, with what is wrong. */
export const decodeServer = (entry: Entry): ServerRecord => decode(entry, SERVER);
export const decodeAgent = (entry: Entry): AgentRecord => decode(entry, AGENT);
export const decodeAssignment = (entry: Entry): AssignmentRecord => decode(entry, ASSIGNMENT);
export const decodeApplied = (entry: Entry): AppliedRecord => decode(entry, APPLIED);

function decode<T>(entry: Entry, shape: Shape<T>): T {
  const value: unknown = JSON.parse(new TextDecoder().decode(entry.value));
  if (typeof value !== 'object' || value === null) throw new TypeError('It is no object.');
  const fields = value as Record<string, unknown>;
  for (const [name, kind] of Object.entries<string>(shape)) {
    if (kind.endsWith('?') && fields[name] === undefined) continue;
    if (!isKind(fields[name], kind.replace('?', '') as Kind))
      throw new TypeError(`Its field "${name}" is missing or of another type.`);
  }
  return Object.freeze(value) as T;
}

function isKind(value: unknown, kind: Kind): boolean {
  if (kind === 'string') return typeof value === 'string';
  if (kind === 'number') return Number.isFinite(value);
  if (kind === 'engines') return areEngines(value);
  if (!Array.isArray(value)) return false;
  return kind === 'list' || value.every((item) => typeof item === 'string');
}

function areEngines(value: unknown): boolean {
  const engines = value as Record<string, unknown> | null | undefined;
  return ['coordination', 'events', 'results'].every((name) => typeof engines?.[name] === 'string');
}
