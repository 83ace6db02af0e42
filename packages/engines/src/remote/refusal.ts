// What an answer other than a good one means: a refusal for the caller to know, or one that another
// server may not share.

import type { HoldfastError } from '@holdfast/kernel';
import { AttemptFailed } from './attempt-failed.ts';
import { type ErrorRule, readToldError } from './told-error.ts';

/** Given before anything is done. */
const SURELY_NOT_DONE: ReadonlySet<unknown> = new Set(['BUSY', 'NOT_LEADER']);

/** To be thrown. */
export function readRefusal(
  status: number,
  text: string,
  rule: ErrorRule,
): HoldfastError | AttemptFailed {
  const refusal = parsed(text, rule);
  if (refusal === undefined) return new AttemptFailed(`answered with status ${status}`, true);
  const { code, error } = refusal;
  const mayBeDone = !SURELY_NOT_DONE.has(code);
  const isOfThisServer = !mayBeDone || status >= 500;
  return isOfThisServer ? new AttemptFailed(`answered: ${error.message}`, mayBeDone, error) : error;
}

function parsed(text: string, rule: ErrorRule): ReturnType<typeof readToldError> | undefined {
  try {
    return readToldError(JSON.parse(text), rule);
  } catch {
    return undefined;
  }
}
