// Everything that the documents say, sorted by kind, each with its place: the result of
// the first pass and the material of the second.

import type { AlertRule, Channel } from '../alert.ts';
import { API_VERSION } from '../envelope.ts';
import type { FaultTableResource } from '../fault-table-resource.ts';
import type { WrittenLimits } from '../limits.ts';
import type { WrittenAccess } from '../namespace.ts';
import type { PluginDescription } from '../plugin.ts';
import type { Pool } from '../pool.ts';
import type { Path, SourceNode } from '../source/source-node.ts';
import type { Token } from '../token.ts';
import { type CheckDraft, lostFields } from './check-draft.ts';
import { type Defaults, expandCheck, keepsKnownKind } from './expand-check.ts';
import type { FileReader } from './file-reader.ts';
import { fileSchema, type SoundFile } from './file-schema.ts';
import { type HouseSection, takeHouseSections } from './house-sections.ts';
import type { At, ProblemList } from './problem-list.ts';
import type { LoadedPlugins } from './read-plugins.ts';
import { channelsOf, readResource, takeNamespace } from './read-resource.ts';
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

/** A namespace that says something of itself. */
export interface NamespaceEntry {
  name: string | undefined;
  nameAt: At;
  limits: Partial<WrittenLimits>;
  limitsAt: At;
  access: Partial<WrittenAccess>[];
  accessAt: At;
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
  egress?: HouseSection<'egress'>;
  retention?: HouseSection<'retention'>;
  limits?: HouseSection<'limits'>;
}

export function readContents(
  documents: readonly SourceNode[],
  reader: FileReader,
  list: ProblemList,
  plugins: LoadedPlugins,
): FileContents {
  const contents = emptyContents(plugins);
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

/** Of documents each of which is to be one resource in full form. */
export function readResources(
  documents: readonly SourceNode[],
  list: ProblemList,
  plugins: LoadedPlugins,
): FileContents {
  const contents = emptyContents(plugins);
  for (const root of documents) readResource({ root, path: [] }, contents, list);
  return contents;
}

function emptyContents(plugins: LoadedPlugins): FileContents {
  return {
    checks: [],
    rules: [],
    channels: [],
    tokens: [],
    pools: [],
    faultTables: [],
    namespaces: [],
    plugins,
  };
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
  for (const [index, entry] of (file.namespaces ?? []).entries())
    takeNamespace(
      entry ?? {},
      { name: entry?.name, nameAt: under('namespaces', index, 'name') },
      contents,
      (...path) => under('namespaces', index, ...path),
    );
  takeFaults(file, contents, under, !faulty.some(([section]) => section === 'faults'));
  for (const index of (file.resources ?? []).keys())
    readResource(under('resources', index), contents, list);
  takeHouseSections(file, contents, under, list);
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
