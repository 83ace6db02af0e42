// The plugins that the first file names, loaded by who calls. A plugin whose description does not
// hold, or that takes what is another's, is told at its place and brings no kind.

import { isAbsolute } from 'node:path';
import type { LoadPlugin, PluginDescription } from '../plugin.ts';
import { isCheckType } from '../probe-check/kinds.ts';
import { BUILT_IN_SCHEMES } from '../probe-check/target.ts';
import { locate, type SourceNode } from '../source/source-node.ts';
import { type FileReader, textAt } from './file-reader.ts';
import type { At, ProblemList } from './problem-list.ts';

export interface LoadedPlugins {
  /** What they were loaded by: absolute paths, and packages as written. */
  specifiers: string[];
  descriptions: PluginDescription[];
}

const PLUGINS_MAX = 100;
const WORD = /^[a-z][a-z0-9-]{0,31}$/;
const SCHEME = /^[a-z][a-z0-9+.-]{0,31}$/;

export function readPlugins(
  documents: readonly SourceNode[],
  reader: FileReader,
  list: ProblemList,
  load: LoadPlugin | undefined,
): LoadedPlugins {
  const loaded: LoadedPlugins = { specifiers: [], descriptions: [] };
  for (const root of documents) {
    const section = locate(root, ['plugins']).node;
    if (section === undefined) continue;
    if (reader.isIncluded(root)) {
      const hint = 'name them in the first file';
      list.key({ root, path: ['plugins'] }, { message: 'cannot stand in an included file', hint });
      continue;
    }
    const count = section.kind === 'list' ? Math.min(section.items.length, PLUGINS_MAX) : 0;
    for (let index = 0; index < count; index += 1)
      take({ root, path: ['plugins', index] }, loaded, reader, list, load);
  }
  return loaded;
}

function take(
  at: At,
  loaded: LoadedPlugins,
  reader: FileReader,
  list: ProblemList,
  load: LoadPlugin | undefined,
): void {
  const written = textAt(at);
  if (written === undefined || written === '') return;
  const specifier =
    /^\.{1,2}\//.test(written) || isAbsolute(written) ? reader.absolute(at.root, written) : written;
  if (loaded.specifiers.includes(specifier)) {
    list.value(at, { message: 'is named twice', hint: 'remove one of the two' });
    return;
  }
  if (load === undefined) {
    list.value(at, { message: 'is a plugin, and none can be loaded here', hint: 'remove it' });
    return;
  }
  try {
    const description = load(specifier, reader.absolute(at.root, reader.file));
    const fault = descriptionFault(description ?? {}, loaded.descriptions);
    if (fault !== undefined) list.value(at, fault);
    else {
      loaded.specifiers.push(specifier);
      loaded.descriptions.push(description);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const hint = 'write the path of a module relative to this file, or an installed package';
    list.value(at, { message: `is a plugin that cannot be loaded: ${reason}`, hint });
  }
}

function descriptionFault(
  { kind, schemes, validate }: Partial<PluginDescription>,
  others: readonly PluginDescription[],
): { message: string; hint: string } | undefined {
  const hint = 'tell its author; docs say what a plugin exports';
  if (typeof kind !== 'string' || !WORD.test(kind) || typeof validate !== 'function')
    return { message: 'is no plugin: it must export kind, schemes and validate', hint };
  if (
    !Array.isArray(schemes) ||
    !schemes.every((one) => typeof one === 'string' && SCHEME.test(one))
  )
    return { message: 'is no plugin: its schemes are not small letters', hint };
  if (isCheckType(kind) || kind === 'plugin')
    return { message: `brings the kind ${kind}, which is built in`, hint: 'remove it' };
  const scheme = schemes.find((one) => BUILT_IN_SCHEMES.has(one));
  if (scheme !== undefined)
    return { message: `takes the scheme ${scheme}://, which is built in`, hint: 'remove it' };
  const taken = others.find(
    (one) => one.kind === kind || one.schemes.some((word) => schemes.includes(word)),
  );
  if (taken === undefined) return undefined;
  return {
    message: `takes a kind or scheme of the plugin for ${taken.kind}`,
    hint: 'keep one of the two',
  };
}
