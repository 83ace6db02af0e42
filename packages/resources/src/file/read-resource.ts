// One resource in full form, sorted among what else the documents say.

import type * as z from 'zod';
import { LATER_KINDS } from '../envelope.ts';
import type { Namespace } from '../namespace.ts';
import { similarWord } from '../similar-word.ts';
import { locate, type Path } from '../source/source-node.ts';
import { type DeepPartialCheck, draftOfResource } from './check-draft.ts';
import type { FileContents, Named } from './file-contents.ts';
import { type ResourceKind, resourceSchemas } from './file-schema.ts';
import { takeHouseSections } from './house-sections.ts';
import type { At, ProblemList } from './problem-list.ts';
import { soundPart } from './schema-pass.ts';
import { isKnownKind } from './unknown-kind.ts';

export function readResource(at: At, contents: FileContents, list: ProblemList): void {
  const kind = kindOf(at, list);
  if (kind === undefined) return;
  const schema: z.ZodType = resourceSchemas[kind];
  const { part, faulty } = soundPart(schema, at, list);
  const resource = (part ?? {}) as DeepPartialCheck;
  const under = (...path: Path): At => ({ root: at.root, path: [...at.path, ...path] });
  if (kind === 'Check') {
    const type = resource.spec?.type;
    const known =
      type === undefined ||
      isKnownKind(type, under('spec', 'type'), contents.plugins.descriptions, list);
    const { type: _, ...untyped } = resource.spec ?? {};
    contents.checks.push(draftOfResource(known ? resource : { ...resource, spec: untyped }, at));
    return;
  }
  const { metadata, spec } = resource as { metadata?: { name?: string }; spec?: object };
  const name = metadata?.name;
  const nameAt = under('metadata', 'name');
  if (kind === 'Settings')
    takeHouseSections(spec ?? {}, contents, (...path) => under('spec', ...path), list);
  else if (kind === 'Namespace')
    takeNamespace(spec ?? {}, { name, nameAt }, contents, (...path) => under('spec', ...path));
  else {
    const one = { name, at, nameAt, channels: channelsOf(spec) };
    const entry = faulty.length === 0 ? { ...one, resource: part } : one;
    placesOf(contents)[kind].push(entry);
  }
}

type NamedKind = Exclude<ResourceKind, 'Check' | 'Settings' | 'Namespace'>;

/** The schema of its kind has proven which resource an entry is. */
function placesOf(contents: FileContents) {
  return {
    AlertRule: contents.rules,
    Channel: contents.channels,
    Token: contents.tokens,
    Pool: contents.pools,
    FaultTable: contents.faultTables,
  } as Record<NamedKind, Named<unknown>[]>;
}

/** Of an entry of the section, or of the resource. */
export function takeNamespace(
  { limits, access }: Partial<Namespace['spec']>,
  who: { name: string | undefined; nameAt: At },
  contents: FileContents,
  under: (...path: Path) => At,
): void {
  contents.namespaces.push({
    ...who,
    limits: limits ?? {},
    limitsAt: under('limits'),
    access: access ?? [],
    accessAt: under('access'),
  });
}

export function channelsOf(spec: object | undefined): string[] {
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
