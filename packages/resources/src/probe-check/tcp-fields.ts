// The fields of tcp checks, each with its own demand: whether TLS is spoken, what the peer says first,
// and the dialogue after it. Patterns are proven with a letter in place of what `${1}` stands for.

import * as z from 'zod';
import { demand } from '../fields/demand.ts';
import { durationField } from '../fields/duration-field.ts';
import { patternFault } from '../fields/pattern-field.ts';
import { checkPlaceholderFault } from '../fields/placeholder.ts';
import { boolField, oneOfFields, textField } from '../fields/plain-fields.ts';
import { provenText } from '../fields/proven-text.ts';

const STEPS_MAX = 50;
const BANNER_BOUNDS = { minMs: 10, maxMs: 60_000, text: '10ms to 60s' };

const BANNER = demand('must be true or a duration of 10ms to 60s', 'write banner: true');
const STEP_EXAMPLE = 'write a step like {send: "PING\\r\\n"} or {expect: \'^PONG\'}';
const STEPS = demand(`must be a list of at most ${STEPS_MAX} steps`, STEP_EXAMPLE);
const BYTES = demand('must be bytes in base64', 'write it like aGVsbG8=');
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const GROUP = /\$\{(\d{1,2})\}/g;

/** The numbers of the groups that a text of a step uses. */
export function groupsUsed(text: string): number[] {
  return [...text.replaceAll('$${', '').matchAll(GROUP)].map(([, digits]) => Number(digits));
}

/** The pattern as it may be when it is used. */
export function filledPattern(pattern: string): string {
  return pattern.replaceAll(GROUP, 'x');
}

const bytes = provenText(BYTES, (text) =>
  text !== '' && BASE64.test(text) ? undefined : BYTES,
).max(1024 * 1024, { error: demand('must be at most 1 MiB', 'shorten it') });

const sent = textField('must be a text', 'put it in quotes').superRefine((text, context) => {
  const fault = checkPlaceholderFault(text.replaceAll(GROUP, ''));
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const expected = provenText(
  demand('must be a regular expression', "put it in single quotes: '^220 '"),
  (pattern) => patternFault(filledPattern(pattern)),
);

const stepSchema = oneOfFields(
  {
    send: sent
      .describe(
        'A text to send, exactly so; line ends are written as \\r\\n in double quotes. May hold placeholders, and ${1} for what a group of the pattern before found.',
      )
      .optional(),
    sendBytes: bytes.describe('Bytes to send, in base64.').optional(),
    expect: expected.describe('RE2 expression; lines are read until one matches it.').optional(),
    expectBytes: bytes.describe('Bytes that come next, in base64.').optional(),
    startTls: z
      .literal(true, { error: demand('must be true', 'write {startTls: true}') })
      .describe('Goes on in TLS.')
      .optional(),
  },
  STEP_EXAMPLE,
);

export const tcpFields = {
  secure: boolField('write secure: true')
    .describe('tcp: true speaks TLS from the first byte on.')
    .optional(),
  banner: z
    .union([z.boolean(), durationField(BANNER_BOUNDS, '2s')], { error: BANNER })
    .describe('tcp: reads and recognizes what the peer says first, for at most so long; true: 2s.')
    .optional(),
  dialogue: z
    .array(stepSchema, { error: STEPS })
    .min(1, { error: STEPS })
    .max(STEPS_MAX, { error: STEPS })
    .describe('tcp: what is sent and what must come back, step by step.')
    .optional(),
};
