// Which checks an alert rule is about: by name (globs), labels and namespaces, all of them together.
// Globs are matched by hand: what people write never becomes a regular expression.

import type { RuleMatch } from './compiled-alert.ts';
import type { CompiledCheck } from './compiled-check.ts';

export function matchesRule(
  match: RuleMatch,
  check: Pick<CompiledCheck, 'namespace' | 'name' | 'labels'>,
): boolean {
  if (match.namespaces.length > 0 && !match.namespaces.includes(check.namespace)) return false;
  if (match.names.length > 0 && !match.names.some((glob) => matchesGlob(glob, check.name)))
    return false;
  const labels = new Map(Object.entries(check.labels));
  return Object.entries(match.labels).every(([name, value]) => labels.get(name) === value);
}

/**
 * `*` any characters, `?` one. At worst name length times glob length steps: only the latest star is
 * kept, and takes one character more whenever the rest does not fit.
 */
export function matchesGlob(glob: string, name: string): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let taken = 0;
  while (at < name.length) {
    if (
      inGlob < glob.length &&
      (glob[inGlob] === '?' || glob[inGlob] === name[at]) &&
      glob[inGlob] !== '*'
    ) {
      at += 1;
      inGlob += 1;
    } else if (glob[inGlob] === '*') {
      star = inGlob;
      taken = at;
      inGlob += 1;
    } else if (star >= 0) {
      taken += 1;
      at = taken;
      inGlob = star + 1;
    } else return false;
  }
  while (glob[inGlob] === '*') inGlob += 1;
  return inGlob === glob.length;
}
