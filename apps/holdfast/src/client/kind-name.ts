// The kinds as people type them: `check`, `checks` and `Check` are the same.

import { HoldfastError } from '@holdfast/kernel';
import { RESOURCE_KINDS } from '@holdfast/resources/resource-name';
import { similarWord } from '@holdfast/resources/similar-word';

/** Throws HoldfastError USAGE with the kind that was meant, probably. */
export function kindNamed(word: string, others: readonly string[] = []): string {
  const plain = (text: string) => text.toLowerCase().replace(/s$/, '');
  const known = [...RESOURCE_KINDS, ...others];
  const kind = known.find((one) => plain(one) === plain(word));
  if (kind !== undefined) return kind;
  const near = similarWord(
    word.toLowerCase(),
    known.map((one) => one.toLowerCase()),
  );
  const meant = known.find((one) => one.toLowerCase() === near);
  throw new HoldfastError(
    'USAGE',
    `there is no kind ${JSON.stringify(word)}`,
    meant === undefined ? `Kinds are ${known.join(', ')}.` : `Did you mean ${meant}?`,
  );
}
