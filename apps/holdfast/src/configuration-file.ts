// Reads a configuration file of people: finds it, reads it with its included texts, and loads it.
// A folder is read as one configuration of all the files in it. What has faults is a value that lists them
// all; only a file that cannot be read is an error.

import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import { describePlugin } from '@holdfast/probing/plugin';
import { type Loaded, loadConfiguration } from '@holdfast/resources/load';
import type { PresetName } from '@holdfast/resources/presets';
import { readerIn } from './named-file.ts';

/** Taken in this order when no file is named. */
const STANDARD_FILES = ['holdfast.yaml', 'holdfast.yml', 'holdfast.toml'] as const;

export function findConfiguration(folder: string): string | undefined {
  return STANDARD_FILES.map((name) => resolve(folder, name)).find((path) => existsSync(path));
}

/** One thing that a configuration is made of: a file, or the names that match a pattern in a folder. */
export type Source = { path: string } | { pattern: string; folder: string };

export type ReadFiles = Loaded & { sources: Source[] };

/**
 * A file, or all that a folder holds. `shownAs` is how problems name it; `part`: what is named may stand
 * elsewhere. Throws HoldfastError CONFIG_NOT_FOUND.
 */
export function readConfiguration(
  path: string,
  shownAs: string,
  preset?: PresetName,
  part = false,
): ReadFiles {
  if (isFolder(path)) return readFolder(path, shownAs, preset, part);
  const folder = dirname(path);
  const text = readText(path, shownAs);
  return readSources({ file: shownAs, folder, text, part }, [{ path }], preset);
}

/** Files below hidden folders are none of it. */
const IN_FOLDER = '**/*.{yaml,yml,toml}';

function readFolder(
  folder: string,
  shownAs: string,
  preset: PresetName | undefined,
  part: boolean,
): ReadFiles {
  const files = listFiles(IN_FOLDER, folder);
  if (files.length === 0) {
    const cure = 'Name a folder that holds some, or a file.';
    throw new HoldfastError('CONFIG_NOT_FOUND', `no *.yaml or *.toml below ${shownAs}`, cure);
  }
  // As a file that includes them would mean it; no file is called so.
  const request = {
    file: join(shownAs, 'all files'),
    folder,
    text: JSON.stringify({ include: files }),
  };
  return readSources({ ...request, part }, [{ pattern: IN_FOLDER, folder }], preset);
}

function readSources(
  request: { file: string; folder: string; text: string; part: boolean },
  sources: Source[],
  preset: PresetName | undefined,
): ReadFiles {
  const { folder } = request;
  const readAlong = readerIn(folder);
  const loaded = loadConfiguration({
    ...request,
    loadPlugin: describePlugin,
    ...(preset === undefined ? {} : { preset }),
    readFile: (named, encoding) => {
      sources.push({ path: resolve(folder, named) });
      return readAlong(named, encoding);
    },
    listFiles: (pattern) => {
      sources.push({ pattern, folder });
      return listFiles(pattern, folder);
    },
  });
  return { ...loaded, sources };
}

/** A text that differs when the source does; empty while it cannot be read, as amid an editor's save. */
export function printOf(source: Source): string {
  try {
    if ('path' in source) return `${source.path}\n${readFileSync(source.path, 'base64')}`;
    return `${source.pattern}\n${listFiles(source.pattern, source.folder).join('\n')}`;
  } catch {
    return '';
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function listFiles(pattern: string, folder: string): string[] {
  return globSync(pattern, { cwd: folder }).sort();
}

function readText(path: string, shownAs: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const cure = 'Name an existing file with --file, or write one with `holdfast init`.';
    throw new HoldfastError('CONFIG_NOT_FOUND', `cannot read ${shownAs}`, cure, error);
  }
}
