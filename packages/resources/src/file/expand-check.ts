// One entry of `checks` to the checks it means: defaults laid under it, older names read as today's,
// parts of a target joined, and one check for each of several targets.

import type { CheckSpec } from '../check.ts';
import { DEFAULT_NAMESPACE } from '../fields/name-fields.ts';
import { HTTP_FIELDS } from '../probe-check/check-fields.ts';
import { joinTarget } from '../probe-check/older-target.ts';
import { type CheckType, readTarget } from '../probe-check/target.ts';
import type { Path } from '../source/source-node.ts';
import { type CheckDraft, lostFields } from './check-draft.ts';
import { namesByTarget } from './names-by-target.ts';
import type { At, ProblemList } from './problem-list.ts';
import {
  assembled,
  type WrittenField,
  type WrittenFields,
  writtenFields,
} from './written-fields.ts';

export interface Defaults {
  fields: WrittenFields;
  /** Written, but faulty. */
  lost: ReadonlySet<string>;
}

/** One entry, read and laid out, on its way to drafts. */
interface Entry {
  at: At;
  own: WrittenFields;
  defaults: WrittenFields;
  lost: ReadonlySet<string>;
}

interface Addressed {
  target: string | undefined;
  path: Path;
  /** Undefined where the check's own name stays. */
  name?: string | undefined;
}

export function expandCheck(
  entry: Readonly<Record<string, unknown>>,
  at: At,
  defaults: Defaults,
  list: ProblemList,
): CheckDraft[] {
  const own = writtenFields(entry, at, list);
  const lost = new Set([...lostFields(at, entry), ...defaults.lost]);
  const read: Entry = { at, own, defaults: defaults.fields, lost };
  return addressesOf(read, list).map((address) => draftOf(address, read, list));
}

const TARGET_NAMES = ['target', 'targets', 'url'];

function addressesOf({ at, own, lost }: Entry, list: ProblemList): Addressed[] {
  const target = own.get('target');
  const targets = own.get('targets');
  if (targets === undefined) {
    if (target !== undefined) return [{ target: String(target.value), path: target.path }];
    const path = [...at.path, 'target'];
    if (!TARGET_NAMES.some((name) => lost.has(name))) {
      const hint = 'write target: https://example.com/health';
      list.value({ root: at.root, path }, { message: 'is missing', hint });
    }
    return [{ target: undefined, path }];
  }
  if (target !== undefined) {
    const hint = 'keep one of the two';
    list.key({ root: at.root, path: targets.path }, { message: 'is given beside target', hint });
  }
  const written = (targets.value as unknown[]).map(String);
  const name = own.get('name')?.value;
  const names = typeof name === 'string' ? namesByTarget(name, written) : undefined;
  return written.map((one, index) => ({
    target: one,
    path: [...targets.path, index],
    name: names?.[index],
  }));
}

function inSpec(field: WrittenField): boolean {
  return field.group !== undefined || !NOT_IN_SPEC.has(field.name);
}

/** Said by the draft itself, or joined into its target. */
const NOT_IN_SPEC = new Set(['type', 'target', 'targets', 'port', 'path']);

function draftOf(address: Addressed, entry: Entry, list: ProblemList): CheckDraft {
  const { at, own, defaults, lost } = entry;
  const type = typeOf(address.target, own, defaults);
  const laid = new Map(
    [...defaults, ...own].filter(([key]) => own.has(key) || isFor(type, defaults.get(key))),
  );
  const target = joined(address, type, entry, list);
  const fields = assembled([...laid.values()].filter(inSpec));
  const { name, namespace, labels, ...spec } = fields;
  return {
    name: address.name ?? (typeof name === 'string' ? name : undefined),
    namespace: typeof namespace === 'string' ? namespace : DEFAULT_NAMESPACE,
    labels: (labels as Record<string, string> | undefined) ?? {},
    // Its parts passed the schema one by one, whichever entry they came from.
    spec: {
      ...(type === undefined ? {} : { type }),
      ...(target === undefined ? {} : { target }),
      ...spec,
    } as Partial<CheckSpec>,
    lost,
    origin: (field) => ({ root: at.root, path: originOf(field, address, laid, at) }),
  };
}

/** The scheme tells the kind better than the defaults do. */
function typeOf(
  target: string | undefined,
  own: WrittenFields,
  defaults: WrittenFields,
): CheckType | undefined {
  const stated = own.get('type')?.value;
  if (stated !== undefined) return stated as CheckType;
  const reading = target === undefined ? undefined : readTarget(target, undefined);
  if (reading?.ok) return reading.target.type;
  return defaults.get('type')?.value as CheckType | undefined;
}

/** Defaults are for every check they fit: what only http knows is no fault of a tcp check. */
function isFor(type: CheckType | undefined, field: WrittenField | undefined): boolean {
  return type !== 'tcp' || !HTTP_FIELDS.some((name) => name === (field?.group ?? field?.name));
}

function joined(
  address: Addressed,
  type: CheckType | undefined,
  { at, own }: Entry,
  list: ProblemList,
): string | undefined {
  const port = own.get('port');
  const path = own.get('path');
  if (address.target === undefined || (port === undefined && path === undefined))
    return address.target;
  const parts = {
    target: address.target,
    type,
    port: port?.value as number | undefined,
    path: path?.value as string | undefined,
  };
  const result = joinTarget(parts);
  if (result.ok) return result.target;
  const { part, message, hint } = result.fault;
  list.value({ root: at.root, path: own.get(part)?.path ?? at.path }, { message, hint });
  return undefined;
}

/** The place of the nearest written field around the one asked for. */
function originOf(field: Path, address: Addressed, laid: WrittenFields, at: At): Path {
  const [first, second, ...rest] = field;
  if (first === 'target' || (first === 'name' && address.name !== undefined)) return address.path;
  const inner =
    laid.get(`${first}\n${String(second).toLowerCase()}`) ?? laid.get(`${first}\n${second}`);
  if (inner !== undefined) return [...inner.path, ...rest];
  const whole = laid.get(String(first));
  if (whole !== undefined) return [...whole.path, ...field.slice(1)];
  const group = [...laid.values()].find((one) => one.group === first);
  if (group === undefined) return [...at.path, ...field];
  return group.path.at(-2) === group.group ? group.path.slice(0, -1) : group.path;
}
