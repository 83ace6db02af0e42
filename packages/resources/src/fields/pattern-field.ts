// Regular expressions in RE2 syntax: matching takes time linear in the text, whatever the pattern,
// so a check cannot be made to hang. Look-around and back references do not exist there.

import { demand } from './demand.ts';
import { linearPattern } from './linear-pattern.ts';
import { provenText } from './proven-text.ts';

const PATTERN_LENGTH_MAX = 1_000;
const WANTED = demand('must be a regular expression', "put it in single quotes: 'ok|healthy'");

export const patternField = provenText(WANTED, patternFault);

/** What is wrong with a pattern, as a demand. */
export function patternFault(pattern: string): string | undefined {
  if (pattern.length > PATTERN_LENGTH_MAX) {
    return demand(`must be at most ${PATTERN_LENGTH_MAX} characters`, 'write a shorter expression');
  }
  try {
    linearPattern(pattern);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? reasonOf(error.message) : 'unreadable';
    return demand(`is no regular expression: ${reason}`, hintFor(pattern));
  }
}

function reasonOf(message: string): string {
  return message.replace(/^error parsing regexp: /, '').replaceAll('`', '"');
}

function hintFor(pattern: string): string {
  if (/\(\?<?[=!]/.test(pattern))
    return 'RE2 has no look-around: use notMatches, or a rule in expect.that';
  if (/\\[1-9]/.test(pattern)) return 'RE2 has no back references: write the text out';
  if (/^[*?+]/.test(pattern)) return `write .${pattern} to match any characters`;
  return 'write RE2 syntax, and \\ before signs that are meant as they are';
}
