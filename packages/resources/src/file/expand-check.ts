// One entry of `checks` to the checks it means: defaults laid under it, older names read as today's,
// parts of a target joined, and one check for each of several targets.

import type { CheckSpec } from '../check.ts';
import { DEFAULT_NAMESPACE } from '../fields/name-fields.ts';
import { type CheckType, readTarget } from '../probe-check/target.ts';
import type { Path } from '../source/source-node.ts';
import { type Addressed, addressesOf } from './check-addresses.ts';
import { type CheckDraft, lostFields } from './check-draft.ts';
import type { FileReader } from './file-reader.ts';
import { laidFields } from './fitting-defaults.ts';
import { joined, withPathAsMethod } from './joined-parts.ts';
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

export function expandCheck(
  entry: Readonly<Record<string, unknown>>,
  at: At,
  defaults: Defaults,
  reader: FileReader,
  list: ProblemList,
): CheckDraft[] {
  const own = writtenFields(entry, at, list);
  const lost = new Set([...lostFields(at, entry), ...defaults.lost]);
  const read: Entry = { at, own, defaults: defaults.fields, lost };
  return addressesOf(read, reader, list).map((address) => draftOf(address, read, list));
}

function inSpec(field: WrittenField): boolean {
  return field.group !== undefined || !NOT_IN_SPEC.has(field.name);
}

/** Said by the draft itself, or joined into its target. */
const NOT_IN_SPEC = new Set(['type', 'target', 'targets', 'targetsFile', 'port', 'path', 'query']);

function draftOf(address: Addressed, entry: Entry, list: ProblemList): CheckDraft {
  const { at, defaults, lost } = entry;
  const type = typeOf(address.target, entry.own, defaults);
  const own = withPathAsMethod(type, entry, list);
  const laid = laidFields(type, address.target, own, defaults);
  const { target, server } = joined(address, type, entry, list);
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
      ...(server === undefined ? {} : { server }),
    } as Partial<CheckSpec>,
    lost,
    origin: (field) => originOf(field, address, laid, at),
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
  // `dns://server`, whose name stands in `query`.
  if (own.has('query') && !/^(?!dns:)[a-z]+:\/\//i.test(target ?? '')) return 'dns';
  return defaults.get('type')?.value as CheckType | undefined;
}

/** The place of the nearest written field around the one asked for. */
function originOf(field: Path, address: Addressed, laid: WrittenFields, at: At): At {
  const [first] = field;
  if (first === 'target' || (first === 'name' && address.name !== undefined)) return address.at;
  return { root: at.root, path: placeIn(laid, field, at) };
}

function placeIn(laid: WrittenFields, field: Path, at: At): Path {
  const [first, second, ...rest] = field;
  const inner =
    laid.get(`${first}\n${String(second).toLowerCase()}`) ?? laid.get(`${first}\n${second}`);
  if (inner !== undefined) return [...inner.path, ...rest];
  const whole = laid.get(String(first));
  if (whole !== undefined) return [...whole.path, ...field.slice(1)];
  const group = [...laid.values()].find((one) => one.group === first);
  if (group === undefined) return [...at.path, ...field];
  return group.path.at(-2) === group.group ? group.path.slice(0, -1) : group.path;
}
