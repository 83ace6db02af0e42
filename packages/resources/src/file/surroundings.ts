// What the checks of another text may name and must keep to when they are added to a file: its limits,
// pools and tokens. Of tokens only the names are told, because a text is validated for anybody who
// writes one. A section that the text has itself stands for all of it.

import { nodeOf, type SourceNode } from '../source/source-node.ts';
import type { FileContents } from './file-contents.ts';

/** Sections in their terse form, as plain data. */
export type Surroundings = Readonly<Partial<Record<(typeof SECTIONS)[number], unknown>>>;

const SECTIONS = ['limits', 'namespaces', 'pools', 'tokens'] as const;

export function surroundingsOf({ limits, namespaces, pools, tokens }: FileContents): Surroundings {
  const lists = {
    namespaces: namespaces.flatMap(({ name, limits: own }) =>
      name === undefined ? [] : [{ name, limits: own }],
    ),
    pools: pools.flatMap(({ resource }) =>
      resource === undefined ? [] : [{ name: resource.metadata.name, ...resource.spec }],
    ),
    tokens: tokens.flatMap(({ name }) => (name === undefined ? [] : [{ ...ANY_TOKEN, name }])),
  };
  const written = Object.entries(lists).filter(([, list]) => list.length > 0);
  return {
    ...(limits === undefined ? {} : { limits: limits.value }),
    ...Object.fromEntries(written),
  };
}

const ANY_TOKEN = { url: 'https://token.invalid/', clientId: 'any', clientSecret: 'any' };

/** As one more document beside those of the text. */
export function surroundingDocument(
  around: Surroundings,
  documents: readonly SourceNode[],
): SourceNode {
  const written = new Set(
    documents.flatMap((root) => (root.kind === 'map' ? [...root.fields.keys()] : [])),
  );
  return nodeOf(
    Object.fromEntries(Object.entries(around).filter(([section]) => !written.has(section))),
  );
}
