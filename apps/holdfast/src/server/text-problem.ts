// A fault of a text as the API tells it.

import type { TextProblem } from '@holdfast/resources/api';
import type { Problem } from '@holdfast/resources/load';

export function textProblem(problem: Problem): TextProblem {
  const { line, column, path, found, message, hint = '' } = problem;
  const whole = found === undefined ? message : `${message} (found ${found})`;
  return { line, column, path, message: whole, hint, severity: 'error' };
}
