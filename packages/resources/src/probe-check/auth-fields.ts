// Who a check says it is, and where tokens come from (OAuth 2.0 client credentials, RFC 6749 section
// 4.4). Every value may hold placeholders, so that no secret needs to stand in a file.

import * as z from 'zod';
import { demand } from '../fields/demand.ts';
import { nameField } from '../fields/name-fields.ts';
import { filledTextField, oneOfFields } from '../fields/plain-fields.ts';
import { webAddressField } from '../fields/web-address-field.ts';

const SCOPES_MAX = 100;
const TOKEN_URL = 'https://login.example.com/oauth2/token';

const SCOPES = demand(
  `must be a scope, or a list of at most ${SCOPES_MAX}`,
  'write scopes: [orders.read]',
);
const PARAMETERS = demand('must be a mapping of names to texts', 'write parameters: {tenant: a}');
/** RFC 6749 section 3.3; several may stand in one text, with spaces between. */
const scope = z
  .string({ error: SCOPES })
  .regex(/^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/, { error: SCOPES });

const tokenUrl = webAddressField('url', TOKEN_URL).describe('Where the token is asked for.');

export const grantFields = {
  clientId: filledTextField('must be a text', `write clientId: \${env:CLIENT_ID}`).describe(
    'Name of the client; may be a placeholder.',
  ),
  clientSecret: filledTextField(
    'must be a text',
    `write clientSecret: \${env:CLIENT_SECRET}`,
  ).describe('Its secret; best a placeholder.'),
  scopes: z
    .union([scope, z.array(scope, { error: SCOPES }).max(SCOPES_MAX, { error: SCOPES })], {
      error: SCOPES,
    })
    .describe('What the token is to be good for; default what the server thinks right.')
    .optional(),
  audience: filledTextField('must be a text', 'write audience: https://api.example.com')
    .describe('For whom the token is, where the server asks for it.')
    .optional(),
  parameters: z
    .record(z.string().max(256), filledTextField('must be a text', 'put it in quotes'), {
      error: PARAMETERS,
    })
    .describe('Further fields of the form that is posted.')
    .optional(),
  credentialsIn: z
    .enum(['header', 'body'])
    .describe('How the client says who it is: Authorization header, or form; default header.')
    .optional(),
};

/** One of two names for the same field, and just one. */
export const tokenUrlFields = {
  url: tokenUrl.optional(),
  tokenUrl: tokenUrl.describe('Other name of url.').optional(),
};

const basicSchema = z.strictObject({
  username: filledTextField('must be a text', 'write username: probe').describe('User name.'),
  password: filledTextField('must be a text', `write password: \${env:PASSWORD}`).describe(
    'Password; best a placeholder.',
  ),
});

export const authField = oneOfFields(
  {
    basic: basicSchema.describe('User name and password (RFC 7617).').optional(),
    bearer: filledTextField('must be a text', `write bearer: \${env:API_TOKEN}`)
      .describe('A token that is known; best a placeholder.')
      .optional(),
    oauth2: z
      .strictObject({
        tokenUrl: webAddressField('tokenUrl', TOKEN_URL).describe('Where the token is asked for.'),
        ...grantFields,
      })
      .describe('A token that is asked for by client credentials, and kept until it ends.')
      .optional(),
    token: nameField.describe('A token that is defined under tokens.').optional(),
  },
  `write auth: {bearer: "\${env:API_TOKEN}"}`,
);
