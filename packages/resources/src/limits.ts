// What checks may ask for, as people write it: of one namespace, or of each that says nothing itself.

import * as z from 'zod';
import { durationField } from './fields/duration-field.ts';
import { wholeNumberField } from './fields/plain-fields.ts';
import { INTERVAL_BOUNDS, TIMEOUT_BOUNDS } from './probe-check/check-fields.ts';

const interval = (what: string) => durationField(INTERVAL_BOUNDS, '5s').describe(what).optional();

export const limitsSchema = z.strictObject({
  interval: z
    .strictObject({
      min: interval('Shortest; default 5s.'),
      max: interval('Longest; default 5m.'),
    })
    .describe('Bounds on the interval of each check; 1s to 24h are the widest.')
    .optional(),
  timeout: z
    .strictObject({
      max: durationField(TIMEOUT_BOUNDS, '30s').describe('Longest; default 60s.').optional(),
    })
    .describe('Bound on the timeout of each check.')
    .optional(),
  checks: wholeNumberField(0, 1_000_000, 'write checks: 100')
    .describe('Checks in one namespace; default without limit.')
    .optional(),
  runsPerSecond: wholeNumberField(1, 1_000_000, 'write runsPerSecond: 50')
    .describe('Runs a second of all checks in one namespace together; default without limit.')
    .optional(),
});
export type WrittenLimits = z.infer<typeof limitsSchema>;
