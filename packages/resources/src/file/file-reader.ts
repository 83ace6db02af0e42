// The files that a configuration names. Every name is relative to the file it stands in; who calls the
// loader resolves names relative to the first file, decides what may be read, and knows what was.

import { dirname, isAbsolute, join } from 'node:path';
import { locate, type SourceNode } from '../source/source-node.ts';
import type { At } from './problem-list.ts';

/**
 * Reads a file named in the configuration, relative to the first file; may throw. `base64` asks for
 * the bytes of the file in that form. The caller decides what may be read.
 */
export type ReadFile = (path: string, encoding?: 'utf8' | 'base64') => string;

/** The files that match a pattern of `*`, `**` and `?`, named as `readFile` takes them; may throw. */
export type ListFiles = (pattern: string) => readonly string[];

export class FileReader {
  readonly listFiles: ListFiles | undefined;
  readonly #readFile: ReadFile;
  readonly #folders = new WeakMap<SourceNode, string>();

  constructor(readFile: ReadFile, listFiles?: ListFiles) {
    this.#readFile = readFile;
    this.listFiles = listFiles;
  }

  /** Names in this document are relative to the folder of the file at `path`. */
  adopt(root: SourceNode, path: string): void {
    this.#folders.set(root, dirname(path));
  }

  /** Of a name in a document, as `readFile` takes it. */
  pathOf(root: SourceNode, name: string): string {
    const folder = this.#folders.get(root) ?? '.';
    return folder === '.' || isAbsolute(name) ? name : join(folder, name);
  }

  /** May throw. */
  read(path: string, encoding: 'utf8' | 'base64' = 'utf8'): string {
    return this.#readFile(path, encoding);
  }
}

/** What to say of a file that could not be read. */
export function unreadable(error: unknown): string {
  const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return `names a file that cannot be read${reason}`;
}

/** A text that stands there, if one does. */
export function textAt(at: At): string | undefined {
  const { node } = locate(at.root, at.path);
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}
