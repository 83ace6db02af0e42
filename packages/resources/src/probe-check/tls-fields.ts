// The fields about TLS, each with its own demand: whom we trust, and who we are.

import * as z from 'zod';
import { demand } from '../fields/demand.ts';
import { boolField, filledTextField, textField } from '../fields/plain-fields.ts';

const ALPN_MAX = 20;

const ALPN = demand('must be a list of protocol names', 'write alpn: [h2, http/1.1]');
const protocolName = z.string({ error: ALPN }).regex(/^[\x21-\x7e]{1,255}$/, { error: ALPN });

const clientSchema = z.strictObject({
  certificate: textField(
    'must be PEM text or the path of a PEM file',
    'write certificate: certificates/client.pem',
  ).describe('PEM text, leaf first, or a path relative to the file.'),
  key: filledTextField(
    'must be a placeholder, the path of a PEM file, or PEM text',
    `write key: \${file:/etc/holdfast/client.key}`,
  ).describe(
    'Private key: a placeholder, or a path relative to the file, both read by the agent at each run; or PEM text.',
  ),
});

export const tlsSchema = z.strictObject({
  serverName: textField('must be a host name', 'write tls: {serverName: example.com}')
    .describe('Name sent and verified; default the host of the target.')
    .optional(),
  ca: textField('must be PEM text or the path of a PEM file', 'write ca: certificates/ca.pem')
    .describe(
      'Authorities trusted instead of the system’s: PEM text, or a path relative to the file.',
    )
    .optional(),
  verify: boolField('write verify: true')
    .describe('false: a bad certificate is reported, but does not fail the check.')
    .optional(),
  client: clientSchema.describe('Shown to servers that ask who we are (mutual TLS).').optional(),
});

export const tlsFields = {
  tls: tlsSchema
    .describe(
      'http, tls, tcp, grpc, dns and plugin: how the certificate is verified, and which is shown.',
    )
    .optional(),
  startTls: z
    .enum(['smtp', 'imap', 'pop3', 'ftp', 'postgres'])
    .describe(
      'tls and tcp: protocol spoken in plain first, until the server agrees to go on in TLS.',
    )
    .optional(),
  alpn: z
    .union([protocolName, z.array(protocolName, { error: ALPN }).max(ALPN_MAX, { error: ALPN })], {
      error: ALPN,
    })
    .describe('tls: protocols offered, such as h2; default none.')
    .optional(),
};
