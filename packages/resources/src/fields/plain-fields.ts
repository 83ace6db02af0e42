// The plain forms that fields are made of: texts, yes or no, whole numbers, one word of several. Each
// carries its demand, so that a fault says what to write.

import * as z from 'zod';
import { similarWord } from '../similar-word.ts';
import { demand } from './demand.ts';
import { groupedNumber } from './grouped-number.ts';
import { checkPlaceholderFault } from './placeholder.ts';

const TEXT_LENGTH_MAX = 1024 * 1024;
const WORDS_MAX = 50;

export function textField(what: string, hint: string) {
  const wanted = demand(what, hint);
  const tooLong = demand('must be at most 1 MiB', 'shorten it');
  return z.string({ error: wanted }).max(TEXT_LENGTH_MAX, { error: tooLong });
}

/** A text of a check that is filled at each run. */
export function filledTextField(what: string, hint: string) {
  return textField(what, hint).superRefine((text, context) => {
    const fault = checkPlaceholderFault(text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });
}

export function boolField(hint: string) {
  return z.boolean({ error: demand('must be true or false', hint) });
}

export function wholeNumberField(from: number, to: number, hint: string) {
  const error = demand(`must be a whole number of ${from} to ${groupedNumber(to)}`, hint);
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
}

/** One of the words, or a list of them. `what` is how people call such a word. */
export function wordsField<const W extends readonly [string, ...string[]]>(
  words: W,
  what: string,
  example: string,
) {
  const error = ({ input }: { input?: unknown }) => wordDemand(words, what, example, input);
  const word = z.enum(words, { error });
  return z.union([word, z.array(word, { error }).min(1, { error }).max(WORDS_MAX, { error })], {
    error,
  });
}

function wordDemand(words: readonly string[], what: string, example: string, input: unknown) {
  const near = typeof input === 'string' ? similarWord(input, words) : undefined;
  return demand(
    `must be ${what}, or a list of them`,
    near === undefined ? `write ${example}` : `did you mean ${near}?`,
  );
}

/** A mapping in which just one of the fields stands. */
export function oneOfFields<S extends z.ZodRawShape>(shape: S, hint: string) {
  const names = Object.keys(shape);
  const wanted = demand(`must be a mapping with one of ${names.join(', ')}`, hint);
  return z
    .strictObject(shape, {
      error: ({ code }) => (code === 'invalid_type' ? wanted : undefined),
    })
    .superRefine((written, context) => {
      const given = names.filter((name) => Object.hasOwn(written, name));
      if (given.length !== 1) context.addIssue({ code: 'custom', message: wanted });
    });
}
