// Names, namespaces and labels. Names are for people and stand in addresses, file names and metric
// labels, so they hold letters of any script, digits, and a few quiet signs inside.

import * as z from 'zod';
import { DEFAULT_NAMESPACE } from '../resource-name.ts';
import { demand } from './demand.ts';

export { DEFAULT_NAMESPACE };

export const NAME_LENGTH_MAX = 64;

const NAME = demand(
  `must be 1 to ${NAME_LENGTH_MAX} letters, digits, spaces or . _ -, a letter or digit first and last`,
  'write a name like checkout-api',
);

/** Not as a schema's pattern: editors read those without knowing letters beyond ASCII. */
const FORM = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._-]*[\p{L}\p{M}\p{N}])?$/u;

export const nameField = z
  .string({ error: NAME })
  .min(1, { error: NAME })
  .max(NAME_LENGTH_MAX, { error: NAME })
  .superRefine((name, context) => {
    if (!FORM.test(name)) context.addIssue({ code: 'custom', message: NAME });
  });

const NAMESPACE = demand(
  'must be 1 to 63 small letters, digits or -, a letter or digit first and last',
  'write a namespace like team-a',
);

export const namespaceField = z
  .string({ error: NAMESPACE })
  .max(63, { error: NAMESPACE })
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, { error: NAMESPACE });

const LABEL_NAME = demand(
  'is no name for a label: 1 to 63 letters, digits or . _ / -, a letter or digit first',
  'write a label name like team',
);
const LABEL_VALUE = demand(
  'must be a text of at most 256 characters, on one line',
  'put it in quotes',
);
const LABELS = demand(
  'must be a mapping of label names to texts',
  'write labels: {team: payments}',
);

export const labelsField = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/, { error: LABEL_NAME }),
  z
    .string({ error: LABEL_VALUE })
    .max(256, { error: LABEL_VALUE })
    .regex(/^[^\r\n]*$/, { error: LABEL_VALUE }),
  { error: LABELS },
);
