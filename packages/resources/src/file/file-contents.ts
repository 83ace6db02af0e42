// Everything that the documents say, sorted by kind, each with its place: the result of
// the first pass and the material of the second.

import type * as z from 'zod';
import type { AlertRule, Channel } from '../alert.ts';
import { API_VERSION, LATER_KINDS } from '../envelope.ts';
import type { FaultTableResource } from '../fault-table-resource.ts';
import type { LoadPlugin, PluginDescription } from '../plugin.ts';
import type { Pool } from '../pool.ts';
import { similarWord } from '../similar-word.ts';
import { locate, type Path, type SourceNode } from '../source/source-node.ts';
import type { Token } from '../token.ts';
import {
  type CheckDraft,
  type DeepPartialCheck,
  draftOfResource,
  lostFields,
} from './check-draft.ts';
import { type Defaults, expandCheck, keepsKnownKind } from './expand-check.ts';
import type { FileReader } from './file-reader.ts';
import { fileSchema, type ResourceKind, resourceSchemas, type SoundFile } from './file-schema.ts';
import type { WrittenLimits } from './file-sections.ts';
import type { At, ProblemList } from './problem-list.ts';
import { type LoadedPlugins, readPlugins } from './read-plugins.ts';
import { soundPart } from './schema-pass.ts';
import { isKnownKind } from './unknown-kind.ts';
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

/** A namespace that says something of itself. */
export interface NamespaceEntry {
  name: string | undefined;
  nameAt: At;
  limits: Partial<WrittenLimits>;
  limitsAt: At;
}

export interface FileContents {
  checks: CheckDraft[];
  rules: Named<AlertRule>[];
  channels: Named<Channel>[];
  tokens: Named<Token>[];
  pools: Named<Pool>[];
  faultTables: Named<FaultTableResource>[];
  namespaces: NamespaceEntry[];
  plugins: LoadedPlugins;
  egress?: Section<'egress'>;
  retention?: Section<'retention'>;
  limits?: Section<'limits'>;
}

export function readContents(
  documents: readonly SourceNode[],
  reader: FileReader,
  list: ProblemList,
  loadPlugin: LoadPlugin | undefined,
): FileContents {
  const contents: FileContents = {
    checks: [],
    rules: [],
    channels: [],
    tokens: [],
    pools: [],
    faultTables: [],
    namespaces: [],
    plugins: readPlugins(documents, reader, list, loadPlugin),
  };
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
  const plugins = contents.plugins.descriptions;
  const defaults = readDefaults(file, under('defaults'), plugins, list);
  for (const [index, entry] of (file.checks ?? []).entries()) {
    const at = under('checks', index);
    if (entry !== undefined)
      contents.checks.push(...expandCheck(entry, at, defaults, { plugins, reader, list }));
  }
  const entries = <R extends NamedResource>(section: NamedSection, kind: R['kind']): Named<R>[] =>
    [...(file[section] ?? []).entries()].map(([index, entry]) =>
      named<R>(kind, entry, under(section, index), whole(section, index)),
    );
  contents.channels.push(...entries<Channel>('channels', 'Channel'));
  contents.rules.push(...entries<AlertRule>('alerts', 'AlertRule'));
  contents.tokens.push(...entries<Token>('tokens', 'Token'));
  contents.pools.push(...entries<Pool>('pools', 'Pool'));
  takeNamespaces(file, contents, under);
  takeFaults(file, contents, under, !faulty.some(([section]) => section === 'faults'));
  for (const index of (file.resources ?? []).keys())
    readResource(under('resources', index), contents, list);
  takeSections(file, contents, under, list);
}

function readDefaults(
  file: SoundFile,
  at: At,
  plugins: readonly PluginDescription[],
  list: ProblemList,
): Defaults {
  const sound = file.defaults ?? {};
  const fields = writtenFields({ ...sound }, at, list);
  const lost = lostFields(at, sound);
  if (!keepsKnownKind(fields, at, plugins, list)) lost.add('type');
  return { fields, lost };
}

type NamedSection = 'channels' | 'alerts' | 'tokens' | 'pools';
type NamedResource = AlertRule | Channel | Token | Pool;

function takeNamespaces(
  file: SoundFile,
  contents: FileContents,
  under: (...path: Path) => At,
): void {
  for (const [index, entry] of (file.namespaces ?? []).entries())
    contents.namespaces.push({
      name: entry?.name,
      nameAt: under('namespaces', index, 'name'),
      limits: entry?.limits ?? {},
      limitsAt: under('namespaces', index, 'limits'),
    });
}

/** The section as the resource it means. */
function takeFaults(
  { faults }: SoundFile,
  contents: FileContents,
  under: (...path: Path) => At,
  whole: boolean,
): void {
  if (faults === undefined || !whole) return;
  const at = under('faults');
  const resource: FaultTableResource = {
    apiVersion: API_VERSION,
    kind: 'FaultTable',
    metadata: { name: 'faults' },
    spec: { entries: faults },
  };
  contents.faultTables.push({ name: undefined, at, nameAt: at, resource, channels: [] });
}

/** An entry in terse form as the resource it means. */
function named<R extends NamedResource>(
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
    const type = resource.spec?.type;
    const typeAt = { root: at.root, path: [...at.path, 'spec', 'type'] };
    const known =
      type === undefined || isKnownKind(type, typeAt, contents.plugins.descriptions, list);
    if (!known) delete resource.spec?.type;
    contents.checks.push(draftOfResource(resource, at));
    return;
  }
  const nameAt = { root: at.root, path: [...at.path, 'metadata', 'name'] };
  const one = { name: resource.metadata?.name, at, nameAt, channels: channelsOf(resource.spec) };
  const entry = faulty.length === 0 ? { ...one, resource: part } : one;
  // The schema of its kind has proven which resource it is.
  const places = {
    AlertRule: contents.rules,
    Channel: contents.channels,
    Token: contents.tokens,
    Pool: contents.pools,
    FaultTable: contents.faultTables,
  } as Record<Exclude<ResourceKind, 'Check'>, Named<unknown>[]>;
  places[kind].push(entry);
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
