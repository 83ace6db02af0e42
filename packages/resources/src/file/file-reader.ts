// The files that a configuration names. Every name is relative to the file it stands in; who calls the
// loader resolves names relative to the first file, decides what may be read, and knows what was.

import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { locate, type SourceNode } from '../source/source-node.ts';
import type { At } from './problem-list.ts';

/**
 * Reads a file named in the configuration, relative to the first file; may throw. `base64` asks for
 * the bytes of the file in that form. The caller decides what may be read.
 */
export type ReadFile = (path: string, encoding?: 'utf8' | 'base64') => string;

/** The files that match a pattern of `*`, `**` and `?`, named as `readFile` takes them; may throw. */
export type ListFiles = (pattern: string) => readonly string[];

export interface FileAccess {
  /** The first file. */
  file: string;
  /** Absolute; where the first file stands. Default told by `file`. */
  folder?: string | undefined;
  readFile?: ReadFile | undefined;
  listFiles?: ListFiles | undefined;
}

export class FileReader {
  readonly listFiles: ListFiles | undefined;
  /** The first file, as other names are: relative to its own folder. */
  readonly file: string;
  readonly #folder: string;
  readonly #readFile: ReadFile | undefined;
  readonly #folders = new WeakMap<SourceNode, string>();

  constructor({ file, folder, readFile, listFiles }: FileAccess) {
    this.file = basename(file);
    this.#folder = folder ?? resolve(dirname(file));
    this.#readFile = readFile;
    this.listFiles = listFiles;
  }

  /** Names in this document are relative to the folder of the file at `path`. */
  adopt(root: SourceNode, path: string): void {
    this.#folders.set(root, dirname(path));
  }

  /** Whether the document is of another file than the first. */
  isIncluded(root: SourceNode): boolean {
    return this.#folders.has(root);
  }

  /** Of a name in a document, as `readFile` takes it. */
  pathOf(root: SourceNode, name: string): string {
    const folder = this.#folders.get(root) ?? '.';
    return folder === '.' || isAbsolute(name) ? name : join(folder, name);
  }

  /** Of a name in a document, for those who work in another folder. */
  absolute(root: SourceNode, name: string): string {
    return resolve(this.#folder, this.pathOf(root, name));
  }

  /** May throw. */
  read(path: string, encoding: 'utf8' | 'base64' = 'utf8'): string {
    if (this.#readFile === undefined)
      throw Object.assign(new Error('no files here'), { code: 'files are not read here' });
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
