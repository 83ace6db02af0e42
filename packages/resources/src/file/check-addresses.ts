// Where the checks of one entry point: its one target, or each of several, written beside each other
// or in a file of their own. Each address knows the place it was written at.

import type { FileReader } from './file-reader.ts';
import { namesByTarget } from './names-by-target.ts';
import type { At, ProblemList } from './problem-list.ts';
import { readTargetsFile } from './targets-file.ts';
import type { WrittenFields } from './written-fields.ts';

export interface Addressed {
  target: string | undefined;
  at: At;
  /** Undefined where the check's own name stays. */
  name?: string | undefined;
}

interface Entry {
  at: At;
  own: WrittenFields;
  lost: ReadonlySet<string>;
}

/** Any of them says what to ask; the first that is given counts. */
const SEVERAL = ['targetsFile', 'targets'] as const;
const TARGET_NAMES = ['target', 'targets', 'targetsFile', 'url', 'query'];

export function addressesOf(
  { at, own, lost }: Entry,
  reader: FileReader,
  list: ProblemList,
): Addressed[] {
  const [several, ...others] = SEVERAL.flatMap((name) => own.get(name) ?? []);
  // A name to look up may stand alone; the system's resolver is asked then.
  const one = own.get('target') ?? (several === undefined ? own.get('query') : undefined);
  if (several === undefined) {
    if (one !== undefined)
      return [{ target: String(one.value), at: { root: at.root, path: one.path } }];
    const missing = { root: at.root, path: [...at.path, 'target'] };
    if (!TARGET_NAMES.some((name) => lost.has(name))) {
      const hint = 'write target: https://example.com/health';
      list.value(missing, { message: 'is missing', hint });
    }
    return [{ target: undefined, at: missing }];
  }
  if (one !== undefined || others.length > 0) {
    const message = `is given beside ${one === undefined ? 'targets' : 'target'}`;
    list.key({ root: at.root, path: several.path }, { message, hint: 'keep one of the two' });
  }
  const place = { root: at.root, path: several.path };
  const listed =
    several.name === 'targetsFile'
      ? readTargetsFile(place, reader, list)
      : (several.value as unknown[]).map((target, index) => ({
          target: String(target),
          at: { root: at.root, path: [...several.path, index] },
        }));
  return named(listed, own.get('name')?.value);
}

function named(listed: readonly Addressed[], name: unknown): Addressed[] {
  const targets = listed.map(({ target }) => String(target));
  const names = typeof name === 'string' ? namesByTarget(name, targets) : undefined;
  return listed.map((address, index) => ({ ...address, name: names?.[index] }));
}
