// Reads a configuration file of people: finds it, reads it with its included texts, and loads it.
// A file with faults is a value that lists them all; only a file that cannot be read is an error.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import { type Loaded, loadConfiguration, type ReadFile } from '@holdfast/resources/load';

/** Taken in this order when no file is named. */
const STANDARD_FILES = ['holdfast.yaml', 'holdfast.yml', 'holdfast.toml'] as const;

export function findConfiguration(folder: string): string | undefined {
  return STANDARD_FILES.map((name) => resolve(folder, name)).find((path) => existsSync(path));
}

/** `shownAs` is how problems name the file. `read` = every file it was made of. Throws HoldfastError CONFIG_NOT_FOUND. */
export function readConfiguration(path: string, shownAs: string): Loaded & { read: string[] } {
  const folder = dirname(path);
  const read = [path];
  const readAlong = readerIn(folder);
  const loaded = loadConfiguration({
    file: shownAs,
    text: readText(path, shownAs),
    readFile: (named, encoding) => {
      read.push(resolve(folder, named));
      return readAlong(named, encoding);
    },
    listFiles: (pattern) => globSync(pattern, { cwd: folder }).sort(),
  });
  return { ...loaded, read };
}

/** Reads what a configuration names, relative to the folder. */
export function readerIn(folder: string): ReadFile {
  return (named, encoding = 'utf8') => readFileSync(resolve(folder, named), encoding);
}

function readText(path: string, shownAs: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const cure = 'Name an existing file with --file, or write one with `holdfast init`.';
    throw new HoldfastError('CONFIG_NOT_FOUND', `cannot read ${shownAs}`, cure, error);
  }
}
