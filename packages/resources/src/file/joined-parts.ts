// What stands in parts of its own (port, path, query) joined to the target, or taken for the field it
// is for a kind. A part that its kind has no use for is told.

import { kindList, kindsWith } from '../probe-check/kinds.ts';
import { joinDns } from '../probe-check/older-dns.ts';
import { joinTarget } from '../probe-check/older-target.ts';
import type { Kind } from '../probe-check/target.ts';
import type { Addressed } from './check-addresses.ts';
import type { At, ProblemList } from './problem-list.ts';
import type { WrittenField, WrittenFields } from './written-fields.ts';

export interface Joined {
  target?: string;
  /** With the port that was given beside it. */
  server?: string;
}

export function joined(
  { target }: Addressed,
  type: Kind | undefined,
  entry: { at: At; own: WrittenFields },
  list: ProblemList,
): Joined {
  const { at, own } = entry;
  const query = own.get('query');
  if (query !== undefined && type !== undefined && type !== 'dns') {
    const message = `belongs to ${kindList(kindsWith('query'))} checks, this one is ${type}`;
    list.key({ root: at.root, path: query.path }, { message, hint: 'remove it' });
  }
  const path = type === 'grpc' ? undefined : own.get('path');
  const port = own.get('port');
  if (target === undefined) return {};
  const result =
    type === 'dns' && path === undefined
      ? joinDns({
          target,
          query: textOf(query),
          server: textOf(own.get('server')),
          port: numberOf(port),
        })
      : port === undefined && path === undefined
        ? { ok: true as const, target }
        : joinTarget({ target, type, port: numberOf(port), path: textOf(path) });
  if (result.ok) {
    const { server } = { server: undefined, ...result };
    return { target: result.target, ...(server === undefined ? {} : { server }) };
  }
  const { part, message, hint } = result.fault;
  list.value({ root: at.root, path: own.get(part)?.path ?? at.path }, { message, hint });
  return {};
}

/** For grpc the older `path` is the method. */
export function withPathAsMethod(
  type: Kind | undefined,
  { at, own }: { at: At; own: WrittenFields },
  list: ProblemList,
): WrittenFields {
  const path = own.get('path');
  if (type !== 'grpc' || path === undefined) return own;
  if (own.has('method')) {
    const message = 'is an older name of method, which is given too';
    list.key({ root: at.root, path: path.path }, { message, hint: 'keep method, remove path' });
    return own;
  }
  return new Map(own).set('method', { ...path, name: 'method' });
}

function textOf(field: WrittenField | undefined): string | undefined {
  return typeof field?.value === 'string' ? field.value : undefined;
}

function numberOf(field: WrittenField | undefined): number | undefined {
  return typeof field?.value === 'number' ? field.value : undefined;
}
