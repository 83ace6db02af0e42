// Everything that the documents say, sorted by kind, each with its place: the result of
// the first pass and the material of the second.

import type * as z from 'zod';
import type { AlertRule, Channel } from '../alert.ts';
import { API_VERSION, LATER_KINDS } from '../envelope.ts';
import { similarWord } from '../similar-word.ts';
import { locate, type Path, type SourceNode } from '../source/source-node.ts';
import {
  type CheckDraft,
  type DeepPartialCheck,
  draftOfResource,
  lostFields,
} from './check-draft.ts';
import { type Defaults, expandCheck } from './expand-check.ts';
import type { FileReader } from './file-reader.ts';
import { fileSchema, type ResourceKind, resourceSchemas, type SoundFile } from './file-schema.ts';
import type { At, ProblemList } from './problem-list.ts';
import { soundPart } from './schema-pass.ts';
import { writtenFields } from './written-fields.ts';

/** A rule or channel; the resource is absent where something of it is faulty. */
export interface Named<R> {
  name: string | undefined;
  at: At;
  /** Of its name. */
  nameAt: At;
  resource?: R;
  /** The channels a rule names, as far as they can be read. */
  channels: readonly string[];
}

interface Section<K extends 'egress' | 'retention' | 'limits'> {
  value: NonNullable<SoundFile[K]>;
  at: At;
}

export interface FileContents {
  checks: CheckDraft[];
  rules: Named<AlertRule>[];
  channels: Named<Channel>[];
  egress?: Section<'egress'>;
  retention?: Section<'retention'>;
  limits?: Section<'limits'>;
}

export function readContents(
  documents: readonly SourceNode[],
  reader: FileReader,
  list: ProblemList,
): FileContents {
  const contents: FileContents = { checks: [], rules: [], channels: [] };
  for (const root of documents) {
    if (isResource(root)) readResource({ root, path: [] }, contents, list);
    else if (root.kind === 'map') readTerse(root, contents, reader, list);
    else {
      const hint = root.kind === 'list' ? 'write checks: above the list' : 'start with checks:';
      list.value({ root, path: [] }, { message: 'the file must be a mapping of fields', hint });
    }
  }
  return contents;
}

function isResource(node: SourceNode): boolean {
  return node.kind === 'map' && (node.fields.has('kind') || node.fields.has('apiVersion'));
}

function readTerse(
  root: SourceNode,
  contents: FileContents,
  reader: FileReader,
  list: ProblemList,
): void {
  const under = (...path: Path): At => ({ root, path });
  const { part, faulty } = soundPart(fileSchema, under(), list);
  const file = (part ?? {}) as SoundFile;
  const whole = (section: string, index: number) =>
    !faulty.some((path) => path[0] === section && (path.length === 1 || path[1] === index));
  const defaults = readDefaults(file, under('defaults'), list);
  for (const [index, entry] of (file.checks ?? []).entries()) {
    if (entry !== undefined)
      contents.checks.push(...expandCheck(entry, under('checks', index), defaults, reader, list));
  }
  for (const [index, entry] of (file.channels ?? []).entries()) {
    const at = under('channels', index);
    contents.channels.push(named<Channel>('Channel', entry, at, whole('channels', index)));
  }
  for (const [index, entry] of (file.alerts ?? []).entries()) {
    const at = under('alerts', index);
    contents.rules.push(named<AlertRule>('AlertRule', entry, at, whole('alerts', index)));
  }
  for (const index of (file.resources ?? []).keys())
    readResource(under('resources', index), contents, list);
  takeSections(file, contents, under, list);
}

function readDefaults(file: SoundFile, at: At, list: ProblemList): Defaults {
  const sound = file.defaults ?? {};
  return { fields: writtenFields({ ...sound }, at, list), lost: lostFields(at, sound) };
}

/** An entry in terse form as the resource it means. */
function named<R extends AlertRule | Channel>(
  kind: R['kind'],
  entry: Readonly<Record<string, unknown>> | undefined,
  at: At,
  whole: boolean,
): Named<R> {
  const { name, labels, ...spec } = entry ?? {};
  const metadata = labels === undefined ? { name } : { name, labels };
  const known = typeof name === 'string' ? name : undefined;
  const nameAt = { root: at.root, path: [...at.path, 'name'] };
  const one = { name: known, at, nameAt, channels: channelsOf(spec) };
  if (!whole) return one;
  return {
    ...one,
    resource: { apiVersion: API_VERSION, kind, metadata, spec } as unknown as R,
  };
}

function readResource(at: At, contents: FileContents, list: ProblemList): void {
  const kind = kindOf(at, list);
  if (kind === undefined) return;
  const schema: z.ZodType = resourceSchemas[kind];
  const { part, faulty } = soundPart(schema, at, list);
  const resource = (part ?? {}) as DeepPartialCheck;
  if (kind === 'Check') {
    contents.checks.push(draftOfResource(resource, at));
    return;
  }
  const nameAt = { root: at.root, path: [...at.path, 'metadata', 'name'] };
  const one = { name: resource.metadata?.name, at, nameAt, channels: channelsOf(resource.spec) };
  const whole = faulty.length === 0;
  if (kind === 'AlertRule')
    contents.rules.push(whole ? { ...one, resource: part as AlertRule } : one);
  else contents.channels.push(whole ? { ...one, resource: part as Channel } : one);
}

function channelsOf(spec: object | undefined): string[] {
  const channels = spec !== undefined && 'channels' in spec ? spec.channels : undefined;
  return Array.isArray(channels) ? channels.map(String) : [];
}

function kindOf(at: At, list: ProblemList): ResourceKind | undefined {
  const kinds = Object.keys(resourceSchemas) as ResourceKind[];
  const { node } = locate(at.root, at.path);
  if (node?.kind !== 'map') {
    list.value(at, {
      message: 'must be a resource',
      hint: 'write apiVersion, kind, metadata and spec',
    });
    return undefined;
  }
  const kindAt = { root: at.root, path: [...at.path, 'kind'] };
  const written = node.fields.get('kind')?.node;
  const word = written?.kind === 'scalar' ? String(written.value) : '';
  const known = kinds.find((kind) => kind === word);
  if (known !== undefined) return known;
  const near = similarWord(word, kinds);
  const hint = near === undefined ? `write kind: ${kinds.join(', ')}` : `did you mean ${near}?`;
  if (written === undefined) list.value(kindAt, { message: 'is missing', hint });
  else if (LATER_KINDS.includes(word))
    list.value(kindAt, { message: `kind ${word} is not available yet`, hint: 'remove it' });
  else list.value(kindAt, { message: 'is no kind of resource', hint });
  return undefined;
}

/** What holds for the whole file can be said in one document only. */
function takeSections(
  file: SoundFile,
  contents: FileContents,
  under: (...path: Path) => At,
  list: ProblemList,
): void {
  for (const name of ['egress', 'retention', 'limits'] as const) {
    if (file[name] === undefined) continue;
    const first = contents[name];
    const section = { value: file[name], at: under(name) };
    if (first === undefined) Object.assign(contents, { [name]: section });
    else
      list.key(section.at, {
        message: `is given already, at ${list.placeText(first.at)}`,
        hint: 'keep one of the two',
      });
  }
}
