// The fields of http checks, each with its own demand: what is sent, over which connection, and who
// says so.

import * as z from 'zod';
import { byteSizeField } from '../fields/byte-size.ts';
import { demand } from '../fields/demand.ts';
import { durationField } from '../fields/duration-field.ts';
import { checkHeadersField } from '../fields/header-field.ts';
import { nameField } from '../fields/name-fields.ts';
import { CHECK_PLACEHOLDER_FORMS } from '../fields/placeholder.ts';
import { filledTextField, wholeNumberField } from '../fields/plain-fields.ts';
import { webAddressField } from '../fields/web-address-field.ts';
import { similarWord } from '../similar-word.ts';
import { authField } from './auth-fields.ts';
import { CALL } from './kind-fields.ts';
import { METHODS } from './kinds.ts';

/** What one answer may cost an agent in memory. */
const BODY_BYTES_MAX = 100 * 1024 * 1024;
const REDIRECTS_MAX = 100;
const CONTINUE_BOUNDS = { minMs: 1, maxMs: 60_000, text: '1ms to 60s' };

const VERSION = demand('must be 1.1, 2 or any', 'write version: 2');
const PROXY = demand(
  'must be the address of a proxy, or a mapping with url and headers',
  'write proxy: http://proxy.example.com:3128',
);
const CONTINUE = demand('must be true or a duration of 1ms to 60s', 'write expectContinue: 1s');

const proxyUrl = webAddressField('proxy', 'http://proxy.example.com:3128');
const proxyHeaders = checkHeadersField
  .describe(`Sent to the proxy. Values may hold ${CHECK_PLACEHOLDER_FORMS}.`)
  .optional();

const METHOD_CHOICE = `${METHODS.slice(0, -1).join(', ')} or ${METHODS.at(-1)}`;

function methodDemand({ input }: { input?: unknown }): string {
  const near = typeof input === 'string' ? similarWord(input, METHODS) : undefined;
  return demand(
    `must be ${METHOD_CHOICE}, or package.Service/Method for grpc`,
    near === undefined ? 'write method: GET' : `did you mean ${near}?`,
  );
}

export const httpFields = {
  method: z
    .union(
      [z.enum(METHODS), z.string({ error: methodDemand }).regex(CALL, { error: methodDemand })],
      {
        error: methodDemand,
      },
    )
    .describe(
      'http: method, default GET. grpc: what to call, package.Service/Method, unary or server-streaming; default the health service.',
    )
    .optional(),
  headers: checkHeadersField
    .describe(`http: request headers. Values may hold ${CHECK_PLACEHOLDER_FORMS}.`)
    .optional(),
  body: filledTextField('must be a text', 'put it in quotes, JSON too: \'{"a": 1}\'')
    .describe(`http: request body. May hold ${CHECK_PLACEHOLDER_FORMS}; $\${ is a plain \${.`)
    .optional(),
  maxRedirects: wholeNumberField(-1, REDIRECTS_MAX, 'write maxRedirects: 5; 0 follows none, -1 all')
    .describe('http: redirects followed: 0 none, -1 without limit; default 5.')
    .optional(),
  bodyLimit: byteSizeField(BODY_BYTES_MAX, '100MiB')
    .describe(
      'http, grpc and tcp: largest body or message read, decoded, or all that a dialogue reads; more is a fault. Default 10MiB, grpc 4MiB, tcp 64KiB.',
    )
    .optional(),
  version: z
    .union([z.enum(['1.1', '2', 'any']), z.literal([1.1, 2])], { error: VERSION })
    .describe(
      'http: version to speak: 1.1, 2 (on http:// with prior knowledge), or any, which the server picks; default 1.1.',
    )
    .optional(),
  connection: z
    .enum(['fresh', 'keep-alive'])
    .describe(
      'http: fresh, a new connection for each run, or keep-alive, which is pool: default; default fresh.',
    )
    .optional(),
  pool: nameField
    .describe('http: pool of connections that is used again; defined under pools, or default.')
    .optional(),
  proxy: z
    .union(
      [
        proxyUrl,
        z.strictObject({ url: proxyUrl.describe('http or https.'), headers: proxyHeaders }),
      ],
      {
        error: PROXY,
      },
    )
    .describe('http: proxy to go through, as its address or as url and headers.')
    .optional(),
  auth: authField
    .describe('http: who we are: basic, bearer, oauth2 or token, one of them.')
    .optional(),
  decompress: z
    .enum(['identity', 'gzip', 'br', 'deflate', 'zstd'])
    .describe(
      'http: how the body is decoded, whatever the answer says; identity: not at all. Default as it says.',
    )
    .optional(),
  expectContinue: z
    .union([z.literal(true), durationField(CONTINUE_BOUNDS, '1s')], { error: CONTINUE })
    .describe(
      'http: sends Expect: 100-continue and holds the body back until the server agrees, or so long; true: 1s.',
    )
    .optional(),
};
