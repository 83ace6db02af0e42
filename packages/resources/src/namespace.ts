// The resource Namespace: what its checks may ask for, and who may do what in it. Its name is the
// namespace; it says nothing of checks.

import * as z from 'zod';
import { ACCESS_ROLES } from './access.ts';
import { resourceSchema } from './envelope.ts';
import { demand } from './fields/demand.ts';
import { nameField, namespaceField } from './fields/name-fields.ts';
import { limitsSchema } from './limits.ts';
import { locationsField } from './probe-check/location-fields.ts';

const ACCESS_MAX = 1_000;
const ACCESS = demand(
  `must be a list of at most ${ACCESS_MAX} entries`,
  'write access: [{name, role, sha256}]; `holdfast token` makes one',
);
const ROLE = demand('must be reader, writer, agent or service', 'write role: reader');
const HASH = demand(
  'must be the SHA-256 of a token: 64 small hexadecimal digits',
  'write what `holdfast token` prints, never the token itself',
);

const accessSchema = z.strictObject({
  name: nameField.describe('Who holds the token; unique in the namespace.'),
  role: z
    .enum(ACCESS_ROLES, { error: ROLE })
    .describe(
      'reader sees; writer also applies and deletes checks; agent measures; service joins coordination.',
    ),
  sha256: z
    .string({ error: HASH })
    .regex(/^[0-9a-f]{64}$/, { error: HASH })
    .describe('Hash of the token, as `holdfast token` prints it.'),
  locations: locationsField.describe('agent: locations it may measure at; default any.').optional(),
});
export type WrittenAccess = z.infer<typeof accessSchema>;

export const namespaceFields = {
  limits: limitsSchema.describe('What its checks may ask for; else what limits says.').optional(),
  access: z
    .array(accessSchema, { error: ACCESS })
    .max(ACCESS_MAX, { error: ACCESS })
    .describe('Who may do what in it.')
    .optional(),
};

export const namespaceSchema = resourceSchema(
  'Namespace',
  z.strictObject(namespaceFields).describe('What holds in it.'),
  namespaceField,
).describe('Limits and access of one namespace.');
export type Namespace = z.infer<typeof namespaceSchema>;
