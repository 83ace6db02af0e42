// What a new assignment changes. Whole lists come in and only real differences go out, so that
// sending the same list again disturbs nothing.

import { isDeepStrictEqual } from 'node:util';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';

export interface AssignmentDifference {
  /** New or changed. */
  set: CompiledCheck[];
  /** Keys that are no longer assigned. */
  removed: string[];
}

export function checkKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** `present` is by check key. Of two checks with one key the later stands. */
export function assignmentDifference(
  present: ReadonlyMap<string, CompiledCheck>,
  assigned: readonly CompiledCheck[],
): AssignmentDifference {
  const wanted = new Map(assigned.map((check) => [checkKey(check.namespace, check.name), check]));
  const set: CompiledCheck[] = [];
  for (const [key, check] of wanted) {
    if (!isDeepStrictEqual(present.get(key), check)) set.push(check);
  }
  return { set, removed: [...present.keys()].filter((key) => !wanted.has(key)) };
}
