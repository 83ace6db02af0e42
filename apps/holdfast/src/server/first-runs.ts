// A check that is new should say something soon, not at its first planned instant, which may be a
// day away. Each is asked to run once, a few at a time, as long as it has no result.

import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import { checkId } from './live-view.ts';

/** Shorter ones come by themselves. */
const INTERVAL_MS_MIN = 10_000;
/** Starts are spread: so many at each look, one look a second. */
const AT_ONCE = 20;

export interface FirstRuns {
  /** The checks to run now, each told once. */
  due(
    checks: readonly CompiledCheck[],
    hasResult: (check: CompiledCheck) => boolean,
  ): CompiledCheck[];
}

export function createFirstRuns(): FirstRuns {
  let asked = new Set<string>();
  return {
    due: (checks, hasResult) => {
      const present = new Set(checks.map(idOf));
      asked = new Set([...asked].filter((id) => present.has(id)));
      const due = checks
        .filter((check) => !check.paused && check.intervalMs > INTERVAL_MS_MIN)
        .filter((check) => !asked.has(idOf(check)) && !hasResult(check))
        .slice(0, AT_ONCE);
      for (const check of due) asked.add(idOf(check));
      return due;
    },
  };
}

function idOf({ namespace, name }: CompiledCheck): string {
  return checkId(namespace, name);
}
