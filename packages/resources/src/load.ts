// The way from a file's text to a configuration: parse, check each field, check across fields, and
// compile. Whatever the text says, the answer is a value: a configuration, or every fault at once.

import type { CompiledCheck } from './compiled-check.ts';
import type { Configuration } from './file/configuration.ts';
import type { CrossPassSettings } from './file/cross-pass.ts';
import { readContents } from './file/file-contents.ts';
import { FileReader, type ListFiles, type ReadFile } from './file/file-reader.ts';
import { readIncludes } from './file/include.ts';
import { type Loaded, loadContents } from './file/load-contents.ts';
import { ProblemList } from './file/problem-list.ts';
import { readPlugins } from './file/read-plugins.ts';
import { type Surroundings, surroundingDocument } from './file/surroundings.ts';
import type { LoadPlugin } from './plugin.ts';
import { PRESETS, type PresetName } from './presets.ts';
import type { Problem } from './problem.ts';
import { parseSource } from './source/parse-source.ts';
import { nodeOf, type SourceNode } from './source/source-node.ts';

export { initialFile } from './file/initial-file.ts';
export { DEFAULT_EGRESS, DEFAULT_RETENTION, type Retention } from './house-defaults.ts';
export { loadResources, type ResourcesRequest, resourceFaults } from './load-resources.ts';
export { maskSecrets, type Resource } from './mask-secrets.ts';
export { formatProblem, formatResourceProblem, type Problem } from './problem.ts';
export type { Configuration, ListFiles, Loaded, ReadFile, Surroundings };

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
  /**
   * The text is a part of something larger, such as what a store holds: limits, and whether what is named
   * is there, are proven where the whole is. Only `written` means something then.
   */
  part?: boolean;
  /** Of the file that the text is to be added to: its limits hold, its pools and tokens are there. */
  around?: Surroundings;
}

/** Never throws, whatever the text. */
export function loadConfiguration(request: LoadRequest): Loaded {
  const { file, text, preset, part = false } = request;
  try {
    const { documents, problems } = parseSource(file, text);
    const given = preset === undefined ? undefined : PRESETS[preset];
    const limits = part ? 'hard' : 'house';
    return loadDocuments(documents, problems, request, { limits, preset: given, part });
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
  const all = [...included.documents, ...beside];
  const contents = readContents(all, reader, list, readPlugins(all, reader, list, loadPlugin));
  return loadContents(contents, reader, list, [...syntaxProblems, ...included.problems], settings);
}
