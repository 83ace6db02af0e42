// Names for the checks of several targets. A name comes from its own target, never from its place in
// the list: results stay with their check when targets are added, removed or reordered. Only targets
// that read alike (http://a and https://a) get a hash, and only while both are there.

import { hash32 } from '@holdfast/kernel';
import { NAME_LENGTH_MAX } from '../fields/name-fields.ts';
import { withoutCredentials } from '../probe-check/target.ts';

/** `name-target`, without scheme and credentials; cut names, and targets that read alike, get a hash. */
export function namesByTarget(name: string, targets: readonly string[]): string[] {
  const plain = targets.map((target) => plainTarget(target));
  const distinct = new Map<string, Set<string>>();
  for (const [index, text] of plain.entries()) {
    distinct.set(text, (distinct.get(text) ?? new Set()).add(targets[index] ?? ''));
  }
  return plain.map((text, index) => {
    const alike = (distinct.get(text)?.size ?? 0) > 1;
    const whole = text === '' ? name : `${name}-${text}`;
    if (!alike && text !== '' && whole.length <= NAME_LENGTH_MAX) return whole;
    const hash = hash32(targets[index] ?? '')
      .toString(16)
      .padStart(8, '0');
    const room = NAME_LENGTH_MAX - hash.length - 1;
    return `${whole.slice(0, room).replace(/[^\p{L}\p{N}]+$/u, '')}-${hash}`;
  });
}

function plainTarget(target: string): string {
  return withoutCredentials(target)
    .replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\//, '')
    .replaceAll(/[^\p{L}\p{N}.]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
}
