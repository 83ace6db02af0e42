// What the server says to a text and to a trial: the text is judged by the real loader, the trial is a
// result as the fixtures have them.

import type { TextProblem, Trial, Validation } from '@holdfast/resources/api';
import { compileTerseCheck, loadConfiguration, type Problem } from '@holdfast/resources/load';
import { resultOf } from './fixture-results.ts';
import { fewChecks } from './fixture-world.ts';

export function validateText(text: string): Validation {
  const loaded = loadConfiguration({ file: 'text.yaml', text, readFile: noFile });
  if (!loaded.ok) return { valid: false, problems: loaded.problems.map(shown), checks: [] };
  const checks = loaded.configuration.checks.map(
    ({ namespace, name, target, intervalMs, spec }) => ({
      namespace,
      name,
      kind: spec.kind,
      target,
      intervalMs,
    }),
  );
  return { valid: true, problems: [], checks };
}

export function tryCheck(written: unknown): Trial {
  const compiled = compileTerseCheck(written, noFile);
  if (!compiled.ok) return { problems: compiled.problems.map(shown) };
  const nowMs = Date.now();
  const [like] = fewChecks(nowMs);
  if (like === undefined) throw new Error('the fixtures have no check');
  const { name, target, namespace } = compiled.check;
  return { result: resultOf({ ...like, name, target, namespace }, nowMs), problems: [] };
}

function shown({ line, column, path, message, hint }: Problem): TextProblem {
  return { line, column, path, message, hint: hint ?? '', severity: 'error' };
}

function noFile(): never {
  throw new Error('files are not read for the API');
}
