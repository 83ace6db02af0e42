// Which checks a rule speaks for: by name (globs), namespace and labels, all of them together.
// An empty condition holds for every check. Globs are matched by hand, because a pattern that a
// user wrote must never cost more than name length × pattern length.

import type { RuleMatch } from '@holdfast/resources/compiled-alert';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';

/** What alerting needs to know of a check; a CompiledCheck is one. */
export type WatchedCheck = Pick<CompiledCheck, 'namespace' | 'name' | 'labels' | 'target'>;

export function matchesRule(match: RuleMatch, check: WatchedCheck): boolean {
  return (
    (match.names.length === 0 || match.names.some((glob) => matchesGlob(glob, check.name))) &&
    (match.namespaces.length === 0 || match.namespaces.includes(check.namespace)) &&
    Object.entries(match.labels).every(([name, value]) => check.labels[name] === value)
  );
}

/** `*` stands for any characters, also none; `?` for just one; everything else for itself. */
export function matchesGlob(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  /** Where to go on when a later part fails: behind the last star, one character further. */
  let afterStar = -1;
  let retryAt = 0;
  while (t < text.length) {
    if (glob[g] === '*') {
      g += 1;
      afterStar = g;
      retryAt = t;
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === text[t])) {
      g += 1;
      t += 1;
    } else if (afterStar >= 0) {
      retryAt += 1;
      g = afterStar;
      t = retryAt;
    } else return false;
  }
  while (glob[g] === '*') g += 1;
  return g === glob.length;
}
