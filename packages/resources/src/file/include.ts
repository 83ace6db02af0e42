// The files that a configuration includes, and those that they include. Each is a whole file of its
// own: its defaults are for itself, its problems name it, and it is read once however often it is
// named. Depth, number and size are bounded over all of them together.

import { basename, normalize } from 'node:path';
import { groupedNumber } from '../fields/grouped-number.ts';
import type { Problem } from '../problem.ts';
import { parseSource } from '../source/parse-source.ts';
import { countValues, type SourceNode, VALUES_MAX } from '../source/source-node.ts';
import { type FileReader, textAt, unreadable } from './file-reader.ts';
import type { At, ProblemList } from './problem-list.ts';

const DEPTH_MAX = 8;
const FILES_MAX = 1_000;
/** Over all included files; one alone is bounded by the parser. */
const CHARACTERS_MAX = 10 * 1024 * 1024;
const PATTERN = /[*?[\]{}]/;

export interface Included {
  /** The given documents first, then those of the files in the order they are named. */
  documents: SourceNode[];
  /** Of their syntax. */
  problems: Problem[];
}

export function readIncludes(
  documents: readonly SourceNode[],
  reader: FileReader,
  list: ProblemList,
): Included {
  const includer = new Includer(reader, list);
  for (const root of documents) list.spend(countValues(root), VALUES_MAX);
  includer.follow(documents, [basename(list.file)]);
  return { documents: [...documents, ...includer.documents], problems: includer.problems };
}

class Includer {
  readonly documents: SourceNode[] = [];
  readonly problems: Problem[] = [];
  readonly #reader: FileReader;
  readonly #list: ProblemList;
  readonly #taken = new Set<string>();
  #characters = 0;

  constructor(reader: FileReader, list: ProblemList) {
    this.#reader = reader;
    this.#list = list;
  }

  /** `chain` leads from the first file to the one that these documents are of. */
  follow(documents: readonly SourceNode[], chain: readonly string[]): void {
    for (const root of documents) {
      for (const at of entriesOf(root)) {
        const written = textAt(at);
        if (written === undefined || written === '' || this.#list.full) continue;
        const path = this.#reader.pathOf(root, written);
        if (PATTERN.test(written)) this.#takeAll(path, at, chain);
        else this.#takeNamed(normalize(path), at, chain);
      }
    }
  }

  #takeNamed(path: string, at: At, chain: readonly string[]): void {
    if (chain.includes(path)) {
      const circle = [...chain.slice(chain.indexOf(path)), path].join(' → ');
      this.#list.value(at, { message: `includes itself: ${circle}`, hint: 'remove it' });
    } else this.#take(path, at, chain);
  }

  /** A pattern may match the file it stands in: that is meant as all others. */
  #takeAll(pattern: string, at: At, chain: readonly string[]): void {
    const { listFiles } = this.#reader;
    if (listFiles === undefined) {
      this.#list.value(at, {
        message: 'is a pattern, which cannot be used here',
        hint: 'name the files one by one',
      });
      return;
    }
    try {
      const paths = listFiles(pattern).map((path) => normalize(path));
      if (paths.length === 0)
        this.#list.warn(at, {
          message: 'matches no file',
          hint: 'compare it with the names of the files',
        });
      for (const path of paths.toSorted())
        if (!chain.includes(path) && !this.#full(at)) this.#take(path, at, chain);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      this.#list.value(at, {
        message: `cannot be looked up${reason}`,
        hint: 'write a pattern like checks/*.yaml',
      });
    }
  }

  #full(at: At): boolean {
    if (this.#taken.size < FILES_MAX) return false;
    const most = groupedNumber(FILES_MAX);
    this.#list.value(at, { message: `brings more than ${most} files`, hint: 'join some of them' });
    return true;
  }

  #take(path: string, at: At, chain: readonly string[]): void {
    if (this.#taken.has(path) || this.#full(at)) return;
    if (chain.length > DEPTH_MAX) {
      this.#list.value(at, {
        message: `is included more than ${DEPTH_MAX} deep`,
        hint: 'include it from a file further up',
      });
      return;
    }
    const text = this.#textOf(path, at);
    if (text === undefined) return;
    this.#taken.add(path);
    const { documents, problems } = parseSource(this.#list.nameOf(path), text);
    this.problems.push(...problems);
    const held = documents.every((root) => this.#list.spend(countValues(root), VALUES_MAX));
    if (!held) {
      const most = groupedNumber(VALUES_MAX);
      this.#list.value(at, {
        message: `brings all files together over ${most} values`,
        hint: 'write fewer checks',
      });
      return;
    }
    for (const root of documents) {
      this.#list.adopt(root, path);
      this.#reader.adopt(root, path);
    }
    this.documents.push(...documents);
    this.follow(documents, [...chain, path]);
  }

  #textOf(path: string, at: At): string | undefined {
    try {
      const text = this.#reader.read(path);
      this.#characters += text.length;
      if (this.#characters <= CHARACTERS_MAX) return text;
      this.#list.value(at, {
        message: 'brings all included files together over 10 MiB',
        hint: 'include fewer',
      });
    } catch (error) {
      const hint =
        'write the path of a file, relative to this one, or a pattern like checks/*.yaml';
      this.#list.value(at, { message: unreadable(error), hint });
    }
    return undefined;
  }
}

/** Resources in full form include nothing. */
function entriesOf(root: SourceNode): At[] {
  const node = root.kind === 'map' ? root.fields.get('include')?.node : undefined;
  if (node === undefined) return [];
  if (node.kind !== 'list') return [{ root, path: ['include'] }];
  return node.items.slice(0, FILES_MAX).map((_, index) => ({ root, path: ['include', index] }));
}
