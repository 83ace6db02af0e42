// The way from a file's text to a configuration: parse, check each field, check across fields, and
// compile. Whatever the text says, the answer is a value: a configuration, or every fault at once.

import type { CompiledCheck } from './compiled-check.ts';
import { type Configuration, configurationOf } from './file/configuration.ts';
import { crossPass } from './file/cross-pass.ts';
import { readContents } from './file/file-contents.ts';
import { FileReader, type ListFiles, type ReadFile } from './file/file-reader.ts';
import { readIncludes } from './file/include.ts';
import { readNamedFiles } from './file/named-files.ts';
import { ProblemList } from './file/problem-list.ts';
import { type Problem, settled } from './problem.ts';
import { parseSource } from './source/parse-source.ts';
import { nodeOf, type SourceNode } from './source/source-node.ts';

export { initialFile } from './file/initial-file.ts';
export { DEFAULT_EGRESS, DEFAULT_RETENTION, type Retention } from './house-defaults.ts';
export { maskSecrets, type Resource } from './mask-secrets.ts';
export { formatProblem, type Problem } from './problem.ts';
export type { Configuration, ListFiles, ReadFile };

export interface LoadRequest {
  /** How problems name the file; its ending tells the syntax: `.toml`, else YAML. */
  file: string;
  text: string;
  /** Reads what the file names (`tls.ca`, `include` …), relative to it; may throw. */
  readFile: ReadFile;
  /** Finds the files that a pattern in `include` means; without it, patterns are refused. */
  listFiles?: ListFiles;
}

export type Loaded =
  | { ok: true; configuration: Configuration }
  | { ok: false; problems: Problem[] };

/** Never throws, whatever the text. */
export function loadConfiguration({ file, text, readFile, listFiles }: LoadRequest): Loaded {
  try {
    const { documents, problems } = parseSource(file, text);
    return loadDocuments(file, documents, problems, new FileReader(readFile, listFiles));
  } catch (error) {
    // A running server reads files while people edit them: a fault of ours must not end it.
    const message = `a fault of Holdfast itself: ${error instanceof Error ? error.message : 'unknown'}`;
    const hint = 'report it with this file';
    return { ok: false, problems: [{ file, line: 1, column: 1, path: '', message, hint }] };
  }
}

/** One check in the terse form of a file, as a command line makes it. */
export function compileTerseCheck(
  written: unknown,
  readFile: ReadFile,
): { ok: true; check: CompiledCheck } | { ok: false; problems: Problem[] } {
  const loaded = loadDocuments(
    'check',
    [nodeOf({ checks: [written] })],
    [],
    new FileReader(readFile),
  );
  if (!loaded.ok) {
    const problems = loaded.problems.map((problem) => ({
      ...problem,
      path: problem.path.replace(/^checks\[0\]\.?/, ''),
    }));
    return { ok: false, problems };
  }
  const [check] = loaded.configuration.checks;
  if (check === undefined) throw new TypeError('one entry gave no check');
  return { ok: true, check };
}

function loadDocuments(
  file: string,
  documents: readonly SourceNode[],
  syntaxProblems: readonly Problem[],
  reader: FileReader,
): Loaded {
  const list = new ProblemList(file);
  const included = readIncludes(documents, reader, list);
  const contents = readContents(included.documents, reader, list);
  crossPass(contents, list);
  const files = readNamedFiles(contents.checks, reader, list);
  const problems = settled([...syntaxProblems, ...included.problems, ...list.problems], file);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, configuration: configurationOf(contents, files, list) };
}
