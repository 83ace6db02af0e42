// The resource Token: where a `${token:NAME}` comes from. Checks of all namespaces may name it; each
// that does carries a copy, so that an agent needs nothing else.

import * as z from 'zod';
import type { TokenSpec } from './compiled-check.ts';
import { resourceSchema } from './envelope.ts';
import { demand } from './fields/demand.ts';
import { grantFields, tokenUrlFields } from './probe-check/auth-fields.ts';
import { defined, ipOf, tlsOf } from './probe-check/compiled-parts.ts';
import { tlsSchema } from './probe-check/tls-fields.ts';

const IP = demand('must be any, 4 or 6', 'write ip: 4 to ask over IPv4 only');

export const tokenFields = {
  ...tokenUrlFields,
  ...grantFields,
  ip: z
    .union([z.enum(['any', '4', '6']), z.literal([4, 6])], { error: IP })
    .describe('IP version to ask over; default any.')
    .optional(),
  tls: tlsSchema.describe('How its certificate is verified, and which is shown.').optional(),
};

export const tokenSchema = resourceSchema(
  'Token',
  z.strictObject(tokenFields).describe('Where it comes from.'),
).describe('A token that checks name, asked for by client credentials.');
export type Token = z.infer<typeof tokenSchema>;

type Grant = Omit<Token['spec'], 'ip' | 'tls'> & Partial<Pick<Token['spec'], 'ip' | 'tls'>>;

/** Of a token, or of `auth.oauth2` in a check. */
export function compileToken(grant: Grant): TokenSpec {
  const { scopes = [] } = grant;
  return {
    url: grant.url ?? grant.tokenUrl ?? '',
    clientId: grant.clientId,
    clientSecret: grant.clientSecret,
    scopes: [scopes].flat().flatMap((scope) => scope.split(' ')),
    ...defined({ audience: grant.audience }),
    parameters: { ...grant.parameters },
    credentialsIn: grant.credentialsIn ?? 'header',
    ip: ipOf(grant),
    tls: tlsOf(grant),
  };
}
