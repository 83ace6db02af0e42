// The way from resources that a store holds to a configuration: the passes that files go through,
// over one document for each resource. Nothing here reads a file: what is kept in a store is whole in
// itself.

import { readResources } from './file/file-contents.ts';
import { FileReader } from './file/file-reader.ts';
import { type Loaded, loadContents } from './file/load-contents.ts';
import { ProblemList } from './file/problem-list.ts';
import type { PluginDescription } from './plugin.ts';
import { formatResourceProblem, type Problem } from './problem.ts';
import { resourceName } from './resource-name.ts';
import { countValues, DEPTH_MAX, nodeOf, type SourceNode } from './source/source-node.ts';

export interface ResourcesRequest {
  /** Read from a store: a field that we do not know is a warning, because a newer Holdfast may have written it. */
  stored: readonly unknown[];
  /** Written by people just now, to stand beside them: such a field is a fault. */
  written?: readonly unknown[];
  /** Of the kinds that agents bring besides the built-in ones. */
  plugins?: readonly PluginDescription[];
}

/** In full form, with defaults merged, resources hold some 30 values each. */
const VALUES_MAX = 2_000_000;
/** How all of them together are called, where a problem is of none. */
const ALL = 'resources';

/** Never throws, whatever they say. A problem's `file` is the name of its resource; lines mean nothing. */
export function loadResources({ stored, written = [], plugins = [] }: ResourcesRequest): Loaded {
  const list = new ProblemList(ALL);
  const documents: SourceNode[] = [];
  for (const [from, resources] of [
    ['stored', stored],
    ['written', written],
  ] as const)
    for (const resource of resources) {
      if (isDeep(resource, DEPTH_MAX)) return refused(resource, 'is nested too deeply');
      const root = rootOf(resource);
      if (!list.spend(countValues(root), VALUES_MAX))
        return refused(resource, 'brings all resources together over 2,000,000 values');
      list.adoptResource(root, resourceName(resource), from);
      documents.push(root);
    }
  // Any path is refused: there is no reader.
  const reader = new FileReader({ file: ALL, folder: '/' });
  const known = { specifiers: [], descriptions: [...plugins] };
  const contents = readResources(documents, list, known);
  return loadContents(contents, reader, list, [], { limits: 'house', preset: undefined });
}

/** Of resources that cannot change: a store's are loaded again whenever one of them does. */
const ROOTS = new WeakMap<object, SourceNode>();

/** A frozen resource is taken for one that is frozen to its depth. */
function rootOf(resource: unknown): SourceNode {
  if (typeof resource !== 'object' || resource === null || !Object.isFrozen(resource))
    return nodeOf(resource);
  const known = ROOTS.get(resource) ?? nodeOf(resource);
  ROOTS.set(resource, known);
  return known;
}

function refused(resource: unknown, message: string): Loaded {
  const problem: Problem = { file: resourceName(resource), line: 1, column: 1, path: '', message };
  return { ok: false, problems: [{ ...problem, hint: 'write less' }], warnings: [] };
}

function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeep(inner, levels - 1));
}

/** What is wrong with one resource of a store when nothing beside it counts; whole sentences. */
export function resourceFaults(
  resource: unknown,
  plugins: readonly PluginDescription[] = [],
): string[] {
  const list = new ProblemList(ALL);
  if (isDeep(resource, DEPTH_MAX)) return ['is nested too deeply'];
  const root = rootOf(resource);
  list.adoptResource(root, resourceName(resource), 'stored');
  readResources([root], list, { specifiers: [], descriptions: [...plugins] });
  return list.problems.map(formatResourceProblem);
}
