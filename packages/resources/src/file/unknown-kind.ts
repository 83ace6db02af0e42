// Whether the type of a check is one that there is: built in, or brought by a plugin. A schema cannot
// know the latter, so this stands beside the first pass and removes what is faulty likewise.

import type { PluginDescription } from '../plugin.ts';
import { CHECK_TYPES, isCheckType } from '../probe-check/kinds.ts';
import { similarWord } from '../similar-word.ts';
import type { At, ProblemList } from './problem-list.ts';

/** Tells it if it is not. */
export function isKnownKind(
  type: unknown,
  at: At,
  plugins: readonly PluginDescription[],
  list: ProblemList,
): boolean {
  const kinds = [...CHECK_TYPES, ...plugins.map(({ kind }) => kind)];
  if (isCheckType(String(type)) || kinds.includes(String(type))) return true;
  const near = similarWord(String(type), kinds);
  const choice = `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`;
  const hint = near === undefined ? `write ${choice}` : `did you mean ${near}?`;
  list.value(at, { message: `must be ${choice}`, hint });
  return false;
}
