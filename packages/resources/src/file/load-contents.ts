// From what the first pass found to a configuration: the rules across entries, the files that are
// named, and, where nothing was found wrong, everything compiled.

import { type Problem, settled } from '../problem.ts';
import { type Configuration, configurationOf } from './configuration.ts';
import { type CrossPassSettings, crossPass } from './cross-pass.ts';
import type { FileContents } from './file-contents.ts';
import type { FileReader } from './file-reader.ts';
import { NamedFileReader } from './named-files.ts';
import type { ProblemList } from './problem-list.ts';

/** Warnings: allowed, but probably not meant; as far as they can be told beside faults. */
export type Loaded = { warnings: Problem[] } & (
  | { ok: true; configuration: Configuration }
  | { ok: false; problems: Problem[] }
);

/** `before` was found while the documents were made. */
export function loadContents(
  contents: FileContents,
  reader: FileReader,
  list: ProblemList,
  before: readonly Problem[],
  settings: CrossPassSettings,
): Loaded {
  crossPass(contents, list, settings);
  const named = new NamedFileReader(reader, list);
  const parts = {
    checks: named.ofChecks(contents.checks),
    tokens: named.ofTokens(contents.tokens),
  };
  const problems = settled([...before, ...list.problems], list.file);
  const { warnings } = list;
  if (problems.length > 0) return { ok: false, problems, warnings };
  const configuration = configurationOf(contents, parts, settings.preset, list);
  return { ok: true, configuration, warnings };
}
