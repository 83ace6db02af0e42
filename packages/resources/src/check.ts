// The resource Check: what to ask, how often, and what a good answer is. Here is its schema and the
// compiler to what the agent runs. Nothing the agent loads may import this file.

import * as z from 'zod';
import { resourceSchema } from './envelope.ts';
import { probeFields, TARGET_FORMS, targetField } from './probe-check/check-fields.ts';

const checkSpecSchema = z
  .strictObject({
    target: targetField.describe(TARGET_FORMS),
    ...probeFields,
  })
  .describe('What to ask, how often, and what a good answer is.');

/** The schema of one field each; rules across fields stand in probe-check/check-rules.ts. */
export const checkSchema = resourceSchema('Check', checkSpecSchema).describe(
  'One question asked again and again.',
);

export type CheckSpec = z.infer<typeof checkSpecSchema>;
export type Check = z.infer<typeof checkSchema>;

export { compileCheck } from './probe-check/compile-check.ts';
