// The resource Settings: what holds for the whole house. There is one, named `default`; a file says
// the same in its sections egress, retention and limits.

import * as z from 'zod';
import { resourceSchema } from './envelope.ts';
import { cidrField } from './fields/cidr-field.ts';
import { demand } from './fields/demand.ts';
import { durationField } from './fields/duration-field.ts';
import { limitsSchema } from './limits.ts';

export const SETTINGS_NAME = 'default';

const CIDRS_MAX = 1_000;
/** An hour keeps the console useful, ten years are enough for anybody. */
const RETENTION_BOUNDS = { minMs: 3_600_000, maxMs: 3_650 * 86_400_000, text: '1h to 3650d' };

const BLOCKS = demand('must be a list of address blocks', 'write it like deny: [10.0.0.0/8]');
const NAME = demand(
  `must be ${SETTINGS_NAME}`,
  `write name: ${SETTINGS_NAME}, there is one of them`,
);

const blocks = z.array(cidrField, { error: BLOCKS }).max(CIDRS_MAX, { error: BLOCKS });
const kept = (what: string) => durationField(RETENTION_BOUNDS, '30d').describe(what).optional();

export const settingsFields = {
  egress: z
    .strictObject({
      deny: blocks
        .describe(
          'Never probed, besides link-local, metadata, multicast and unspecified addresses.',
        )
        .optional(),
      allow: blocks.describe('Exceptions: wins where narrower than what is denied.').optional(),
    })
    .describe('Which addresses probes may reach.')
    .optional(),
  retention: z
    .strictObject({
      raw: kept('Single results; default 7d.'),
      minutes: kept('Sums by the minute; default 30d.'),
      hours: kept('Sums by the hour; default 400d.'),
    })
    .describe('How long results are kept.')
    .optional(),
  limits: limitsSchema
    .describe('What checks may ask for, in each namespace that does not say otherwise.')
    .optional(),
};

export const settingsSchema = resourceSchema(
  'Settings',
  z.strictObject(settingsFields).describe('What holds for all of it.'),
  z.literal(SETTINGS_NAME, { error: NAME }),
).describe('What holds for the whole house; there is one, named default.');
export type Settings = z.infer<typeof settingsSchema>;
