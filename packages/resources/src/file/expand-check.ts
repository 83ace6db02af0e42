// One entry of `checks` to the checks it means: defaults laid under it, older names read as today's,
// parts of a target joined, and one check for each of several targets.

import type { CheckSpec } from '../check.ts';
import { DEFAULT_NAMESPACE } from '../fields/name-fields.ts';
import type { PluginDescription } from '../plugin.ts';
import { isCheckType } from '../probe-check/kinds.ts';
import { readTarget } from '../probe-check/target.ts';
import type { Path } from '../source/source-node.ts';
import { type Addressed, addressesOf } from './check-addresses.ts';
import { type CheckDraft, lostFields } from './check-draft.ts';
import type { FileReader } from './file-reader.ts';
import { laidFields } from './fitting-defaults.ts';
import { joined, withPathAsMethod } from './joined-parts.ts';
import type { At, ProblemList } from './problem-list.ts';
import { isKnownKind } from './unknown-kind.ts';
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
  plugins: readonly PluginDescription[];
}

interface Around {
  plugins: readonly PluginDescription[];
  reader: FileReader;
  list: ProblemList;
}

export function expandCheck(
  entry: Readonly<Record<string, unknown>>,
  at: At,
  defaults: Defaults,
  { plugins, reader, list }: Around,
): CheckDraft[] {
  const own = writtenFields(entry, at, list);
  const lost = new Set([...lostFields(at, entry), ...defaults.lost]);
  if (!keepsKnownKind(own, at, plugins, list)) lost.add('type');
  const read: Entry = { at, own, defaults: defaults.fields, lost, plugins };
  return addressesOf(read, reader, list).map((address) => draftOf(address, read, list));
}

/** Takes out a type that there is not, and tells it. */
export function keepsKnownKind(
  fields: WrittenFields,
  { root }: At,
  plugins: readonly PluginDescription[],
  list: ProblemList,
): boolean {
  const type = fields.get('type');
  if (type === undefined || isKnownKind(type.value, { root, path: type.path }, plugins, list))
    return true;
  fields.delete('type');
  return false;
}

function inSpec(field: WrittenField): boolean {
  return field.group !== undefined || !NOT_IN_SPEC.has(field.name);
}

/** Said by the draft itself, or joined into its target. */
const NOT_IN_SPEC = new Set(['type', 'target', 'targets', 'targetsFile', 'port', 'path', 'query']);

function draftOf(address: Addressed, entry: Entry, list: ProblemList): CheckDraft {
  const { at, defaults, lost, plugins } = entry;
  const type = typeOf(address.target, entry.own, defaults, plugins);
  const kind = type === undefined || isCheckType(type) ? type : 'plugin';
  const own = withPathAsMethod(kind, entry, list);
  const laid = laidFields(kind, address.target, own, defaults);
  const { target, server } = joined(address, kind, entry, list);
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
  plugins: readonly PluginDescription[],
): string | undefined {
  const stated = own.get('type')?.value;
  if (stated !== undefined) return String(stated);
  const reading = target === undefined ? undefined : readTarget(target, undefined, plugins);
  if (reading?.ok)
    return reading.target.type === 'plugin' ? reading.target.plugin.kind : reading.target.type;
  // `dns://server`, whose name stands in `query`.
  if (own.has('query') && !/^(?!dns:)[a-z]+:\/\//i.test(target ?? '')) return 'dns';
  return defaults.get('type')?.value as string | undefined;
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
