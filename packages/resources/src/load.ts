// The way from a file's text to a configuration: parse, check each field, check across fields, and
// compile. Whatever the text says, the answer is a value: a configuration, or every fault at once.

import type { CompiledCheck } from './compiled-check.ts';
import { type Configuration, configurationOf } from './file/configuration.ts';
import { type CrossPassSettings, crossPass } from './file/cross-pass.ts';
import { readContents } from './file/file-contents.ts';
import { FileReader, type ListFiles, type ReadFile } from './file/file-reader.ts';
import { readIncludes } from './file/include.ts';
import { NamedFileReader } from './file/named-files.ts';
import { ProblemList } from './file/problem-list.ts';
import { type Surroundings, surroundingDocument } from './file/surroundings.ts';
import type { LoadPlugin } from './plugin.ts';
import { PRESETS, type PresetName } from './presets.ts';
import { type Problem, settled } from './problem.ts';
import { parseSource } from './source/parse-source.ts';
import { nodeOf, type SourceNode } from './source/source-node.ts';

export { initialFile } from './file/initial-file.ts';
export { DEFAULT_EGRESS, DEFAULT_RETENTION, type Retention } from './house-defaults.ts';
export { maskSecrets, type Resource } from './mask-secrets.ts';
export { formatProblem, type Problem } from './problem.ts';
export type { Configuration, ListFiles, ReadFile, Surroundings };

export interface LoadRequest {
  /** How problems name the file; its ending tells the syntax: `.toml`, else YAML. */
  file: string;
  text: string;
  /** Where the file stands, absolute; default told by `file`. Private keys and plugins are named by it. */
  folder?: string;
  /** Reads what the file names (`tls.ca`, `include` …), relative to it; may throw. Without it, names are faults. */
  readFile?: ReadFile;
  /** Finds the files that a pattern in `include` means; without it, patterns are refused. */
  listFiles?: ListFiles;
  /** Loads what `plugins` names; without it, plugins are refused. */
  loadPlugin?: LoadPlugin;
  /** Laid under the file, weaker than all that it says. */
  preset?: PresetName;
  /** Of the file that the text is to be added to: its limits hold, its pools and tokens are there. */
  around?: Surroundings;
}

/** Warnings: allowed, but probably not meant; as far as they can be told beside faults. */
export type Loaded = { warnings: Problem[] } & (
  | { ok: true; configuration: Configuration }
  | { ok: false; problems: Problem[] }
);

/** Never throws, whatever the text. */
export function loadConfiguration(request: LoadRequest): Loaded {
  const { file, text, preset } = request;
  try {
    const { documents, problems } = parseSource(file, text);
    const given = preset === undefined ? undefined : PRESETS[preset];
    return loadDocuments(documents, problems, request, { limits: 'house', preset: given });
  } catch (error) {
    // A running server reads files while people edit them: a fault of ours must not end it.
    const message = `a fault of Holdfast itself: ${error instanceof Error ? error.message : 'unknown'}`;
    const hint = 'report it with this file';
    const problem = { file, line: 1, column: 1, path: '', message, hint };
    return { ok: false, problems: [problem], warnings: [] };
  }
}

/** What one check may name beside itself, as a command line allows it. */
export type TerseCheckRequest = Pick<LoadRequest, 'folder' | 'loadPlugin' | 'around'> & {
  plugins?: readonly string[];
};

/** One check in the terse form of a file, as a command line makes it; only the widest limits hold. */
export function compileTerseCheck(
  written: unknown,
  readFile: ReadFile,
  { plugins = [], ...request }: TerseCheckRequest = {},
): { ok: true; check: CompiledCheck } | { ok: false; problems: Problem[] } {
  const loaded = loadDocuments(
    [nodeOf({ plugins, checks: [written] })],
    [],
    { ...request, file: 'check', readFile },
    { limits: 'hard', preset: undefined },
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
  documents: readonly SourceNode[],
  syntaxProblems: readonly Problem[],
  request: Omit<LoadRequest, 'text'>,
  settings: CrossPassSettings,
): Loaded {
  const list = new ProblemList(request.file);
  const reader = new FileReader(request);
  const included = readIncludes(documents, reader, list);
  const { around, loadPlugin } = request;
  const beside = around === undefined ? [] : [surroundingDocument(around, documents)];
  const contents = readContents([...included.documents, ...beside], reader, list, loadPlugin);
  crossPass(contents, list, settings);
  const named = new NamedFileReader(reader, list);
  const parts = {
    checks: named.ofChecks(contents.checks),
    tokens: named.ofTokens(contents.tokens),
  };
  const problems = settled(
    [...syntaxProblems, ...included.problems, ...list.problems],
    request.file,
  );
  const { warnings } = list;
  if (problems.length > 0) return { ok: false, problems, warnings };
  const configuration = configurationOf(contents, parts, settings.preset, list);
  return { ok: true, configuration, warnings };
}
