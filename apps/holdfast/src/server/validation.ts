// What a text would come to, for a page in which it is written: the loader of files on a text that
// is in no file. Nothing is changed, and nothing that the text names is opened: of plugins it knows those
// that the server runs already.

import { describePlugin } from '@holdfast/probing/plugin';
import type { Validation } from '@holdfast/resources/api';
import { loadConfiguration, type Surroundings } from '@holdfast/resources/load';
import type { LoadPlugin } from '@holdfast/resources/plugin';
import type { PresetName } from '@holdfast/resources/presets';
import { kindOf } from './kind-of.ts';
import { textProblem } from './text-problem.ts';
import { noFile } from './trial.ts';

/** Of the running server, as a text sees it. Plain data: it is handed to a thread. */
export interface AroundText {
  preset?: PresetName;
  /** Of the file in force: plugins are named relative to it. */
  folder?: string;
  /** In force, as the file names them, paths made absolute. */
  plugins: readonly string[];
  /** Of the file in force: what is written here is to be added to it. */
  surroundings?: Surroundings;
}

export function validateText(
  text: string,
  format: 'yaml' | 'toml',
  { preset, folder, plugins, surroundings }: AroundText = { plugins: [] },
): Validation {
  const loaded = loadConfiguration({
    file: `text.${format}`,
    text,
    readFile: noFile,
    loadPlugin: pluginsAmong(plugins),
    ...(folder === undefined ? {} : { folder }),
    ...(preset === undefined ? {} : { preset }),
    ...(surroundings === undefined ? {} : { around: surroundings }),
  });
  if (!loaded.ok) return { valid: false, problems: loaded.problems.map(textProblem), checks: [] };
  const { checks, warnings } = loaded.configuration;
  return {
    valid: true,
    problems: warnings.map((one) => ({ ...textProblem(one), severity: 'warning' })),
    checks: checks.map((check) => {
      const { namespace, name, target, intervalMs } = check;
      return { namespace, name, kind: kindOf(check), target, intervalMs };
    }),
  };
}

/** A text that comes over the API must make the server run no code that it does not run already. */
function pluginsAmong(known: readonly string[]): LoadPlugin {
  return (specifier, fromFile) => {
    if (known.includes(specifier)) return describePlugin(specifier, fromFile);
    throw new Error('it is not one of those in force');
  };
}
