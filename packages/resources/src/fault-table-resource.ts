// The resource FaultTable: what people write about faults, and its compiler to the plain table.

import { FAULTS } from '@holdfast/kernel';
import * as z from 'zod';
import { resourceSchema } from './envelope.ts';
import type { FaultTableEntry } from './fault-table.ts';
import { demand } from './fields/demand.ts';
import { wholeNumberField } from './fields/plain-fields.ts';
import { provenText } from './fields/proven-text.ts';
import { similarWord } from './similar-word.ts';

const ENTRIES_MAX = 500;
const CLASSES = [
  'name',
  'connect',
  'tls',
  'timeout',
  'protocol',
  'refusal',
  'server',
  'assertion',
  'prober',
] as const;

const FAULT_CODE = demand('must be a code of a fault', 'write it like code: CONNECT_REFUSED');
const ANSWER_CODE = demand(
  'must be ERR_ and capital letters, digits or _',
  'write code: ERR_SERVICE_UNAVAILABLE',
);
const WHEN = demand('must say class, code or both', 'write when: {class: timeout}');
const ENTRIES = demand(
  `must be a list of at most ${ENTRIES_MAX} entries`,
  'write {when: {class: timeout}, code: ERR_GATEWAY_TIMEOUT, httpStatus: 504}',
);

/** Codes, or the beginning of some with `*`. */
function codeFault(text: string): string | undefined {
  const codes = Object.keys(FAULTS);
  if (codes.includes(text)) return undefined;
  if (text.endsWith('*') && codes.some((code) => code.startsWith(text.slice(0, -1))))
    return undefined;
  const near = similarWord(text, codes);
  const hint =
    near === undefined ? 'write one of those in docs/reference/faults.md' : `did you mean ${near}?`;
  return demand('is no code of a fault', hint);
}

const whenSchema = z
  .strictObject({
    class: z.enum(CLASSES).describe('Class of the fault; default any.').optional(),
    code: provenText(FAULT_CODE, codeFault)
      .describe('Code of the fault, or the beginning of several with *; default any.')
      .optional(),
  })
  .superRefine((when, context) => {
    if (when.class === undefined && when.code === undefined)
      context.addIssue({ code: 'custom', message: WHEN });
  });

export const faultEntrySchema = z.strictObject({
  when: whenSchema.describe('Which faults.'),
  code: z
    .string({ error: ANSWER_CODE })
    .regex(/^ERR_[A-Z0-9_]{1,60}$/, { error: ANSWER_CODE })
    .describe('What such a fault is answered with.'),
  httpStatus: wholeNumberField(400, 599, 'write httpStatus: 503').describe('And its HTTP status.'),
});
type WrittenEntry = z.infer<typeof faultEntrySchema>;

export const faultEntries = z
  .array(faultEntrySchema, { error: ENTRIES })
  .max(ENTRIES_MAX, { error: ENTRIES });

export const faultTableSchema = resourceSchema(
  'FaultTable',
  z
    .strictObject({ entries: faultEntries.describe('The first that fits wins.') })
    .describe('Its entries.'),
).describe('Which code and HTTP status faults are answered with.');
export type FaultTableResource = z.infer<typeof faultTableSchema>;

export function compileFaultEntry({ when, code, httpStatus }: WrittenEntry): FaultTableEntry {
  return {
    ...(when.class === undefined ? {} : { faultClass: when.class }),
    ...(when.code === undefined ? {} : { faultCode: when.code }),
    code,
    httpStatus,
  };
}
