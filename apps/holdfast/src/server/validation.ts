// What a text would come to, for a page in which it is written: the loader of files on a text that
// is in no file. Nothing is changed, and nothing that the text names is opened.

import type { Validation } from '@holdfast/resources/api';
import { loadConfiguration } from '@holdfast/resources/load';
import { textProblem } from './text-problem.ts';
import { noFile } from './trial.ts';

export function validateText(text: string, format: 'yaml' | 'toml'): Validation {
  const loaded = loadConfiguration({ file: `text.${format}`, text, readFile: noFile });
  if (!loaded.ok) return { valid: false, problems: loaded.problems.map(textProblem), checks: [] };
  const { checks, warnings } = loaded.configuration;
  return {
    valid: true,
    problems: warnings.map((one) => ({ ...textProblem(one), severity: 'warning' })),
    checks: checks.map(({ namespace, name, target, intervalMs, spec }) => {
      const kind = spec.kind === 'plugin' ? spec.plugin : spec.kind;
      return { namespace, name, kind, target, intervalMs };
    }),
  };
}
