// Placeholders, which are filled at each run, and what is wrong with one that would not be. `$${` is
// a plain `${`. Channels know `${env:NAME}` and `${file:PATH}`; checks know tokens and a uuid, too.

import { similarWord } from '../similar-word.ts';
import { demand } from './demand.ts';

/** Those that channels know. */
export const PLACEHOLDER = /\$\{(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^}]+)\}/g;
/** Those that checks know. */
export const CHECK_PLACEHOLDER =
  /\$\{(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^}]+|token:[^}]+|uuid)\}/g;

/** For messages and descriptions. */
export const PLACEHOLDER_FORMS = `\${env:NAME} or \${file:PATH}`;
export const CHECK_PLACEHOLDER_FORMS = `\${env:NAME}, \${file:PATH}, \${token:NAME} or \${uuid}`;

export function placeholderFault(text: string): string | undefined {
  return unknownIn(text, PLACEHOLDER, ['env', 'file'], PLACEHOLDER_FORMS);
}

export function checkPlaceholderFault(text: string): string | undefined {
  return unknownIn(
    text,
    CHECK_PLACEHOLDER,
    ['env', 'file', 'token', 'uuid'],
    CHECK_PLACEHOLDER_FORMS,
  );
}

/** The names of the tokens that a text asks for. */
export function tokenNames(text: string): string[] {
  const asked = text.replaceAll('$${', '').matchAll(/\$\{token:([^}]+)\}/g);
  return [...asked].flatMap(([, name]) => name ?? []);
}

function unknownIn(
  text: string,
  known: RegExp,
  words: readonly string[],
  forms: string,
): string | undefined {
  if (!text.includes('${')) return undefined;
  const unknown = /\$\{[^}]*\}?/.exec(text.replaceAll('$${', '').replaceAll(known, ''))?.[0];
  if (unknown === undefined) return undefined;
  const message = `${unknown} is no placeholder that can be filled`;
  const [, word = '', rest = ''] = /^\$\{([^:}]*)(.*)$/s.exec(unknown) ?? [];
  const near = words.includes(word) ? undefined : similarWord(word, words);
  return demand(
    message,
    near === undefined ? `write ${forms}` : `did you mean \${${near}${rest}? Known are ${forms}`,
  );
}
