// The fields that only some kinds have, each with its own demand. A description opens with the kinds.

import * as z from 'zod';
import { byteSizeField } from '../fields/byte-size.ts';
import { demand } from '../fields/demand.ts';
import { durationField } from '../fields/duration-field.ts';
import { headersField, PLACEHOLDER_FORMS } from '../fields/header-field.ts';
import { boolField, textField, wholeNumberField } from '../fields/plain-fields.ts';
import { provenText } from '../fields/proven-text.ts';
import { similarWord } from '../similar-word.ts';
import { DNS_PORT, SERVER_EXAMPLE } from './dns-target.ts';
import { readHostAndPort } from './host-and-port.ts';
import { METHODS } from './kinds.ts';

/** What one answer may cost an agent in memory. */
const BODY_BYTES_MAX = 100 * 1024 * 1024;
const REDIRECTS_MAX = 100;
const ALPN_MAX = 20;
/** Ten packets a second and more are a flood, not a probe. */
const PACKET_INTERVAL_BOUNDS = { minMs: 10, maxMs: 10_000, text: '10ms to 10s' };

export const RECORD_TYPES = [
  'A',
  'AAAA',
  'CNAME',
  'MX',
  'NS',
  'TXT',
  'SOA',
  'SRV',
  'PTR',
  'CAA',
] as const;

/** `package.Service/Method`; a leading slash, as on the wire, is read over. */
export const CALL = /^\/?[A-Za-z_][A-Za-z0-9_.]*\/[A-Za-z_][A-Za-z0-9_]*$/;

const METHOD_CHOICE = `${METHODS.slice(0, -1).join(', ')} or ${METHODS.at(-1)}`;

function methodDemand({ input }: { input?: unknown }): string {
  const near = typeof input === 'string' ? similarWord(input, METHODS) : undefined;
  return demand(
    `must be ${METHOD_CHOICE}, or package.Service/Method for grpc`,
    near === undefined ? 'write method: GET' : `did you mean ${near}?`,
  );
}

const SERVER = demand('must be a DNS server', `write it like server: ${SERVER_EXAMPLE}`);
const ALPN = demand('must be a list of protocol names', 'write alpn: [h2, http/1.1]');
const protocolName = z.string({ error: ALPN }).regex(/^[\x21-\x7e]{1,255}$/, { error: ALPN });
const METADATA = demand('is a name that the protocol keeps for itself', 'write another name');
/** What framing and protocol depend on. */
const OWN_METADATA =
  /^(?:grpc-.*|connection|content-length|content-type|host|http2-settings|keep-alive|proxy-connection|te|transfer-encoding|upgrade)$/i;

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
  headers: headersField
    .describe(`http: request headers. Values may hold ${PLACEHOLDER_FORMS}.`)
    .optional(),
  body: textField('must be a text', 'put it in quotes, JSON too: \'{"a": 1}\'')
    .describe('http: request body.')
    .optional(),
  maxRedirects: wholeNumberField(-1, REDIRECTS_MAX, 'write maxRedirects: 5; 0 follows none, -1 all')
    .describe('http: redirects followed: 0 none, -1 without limit; default 5.')
    .optional(),
  bodyLimit: byteSizeField(BODY_BYTES_MAX, '100MiB')
    .describe(
      'http and grpc: largest body or message read, decoded; more is a fault. Default 10MiB, grpc 4MiB.',
    )
    .optional(),
};

const tlsSchema = z.strictObject({
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
});

export const tlsFields = {
  tls: tlsSchema.describe('http, tls and grpc: how the certificate is verified.').optional(),
  startTls: z
    .enum(['smtp', 'imap', 'pop3', 'ftp', 'postgres'])
    .describe('tls: protocol spoken in plain first, until the server agrees to go on in TLS.')
    .optional(),
  alpn: z
    .union([protocolName, z.array(protocolName, { error: ALPN }).max(ALPN_MAX, { error: ALPN })], {
      error: ALPN,
    })
    .describe('tls: protocols offered, such as h2; default none.')
    .optional(),
};

export const dnsFields = {
  recordType: z.enum(RECORD_TYPES).describe('dns: type of record; default A.').optional(),
  server: provenText(SERVER, (text) => {
    const reading = readHostAndPort(text, SERVER_EXAMPLE, DNS_PORT);
    return reading.ok ? undefined : demand(reading.fault.message, reading.fault.hint);
  })
    .describe('dns: who is asked, host or host:port; default the system’s resolver.')
    .optional(),
  transport: z
    .enum(['udp', 'tcp'])
    .describe('dns: udp, which falls back to tcp when the answer is cut off, or tcp; default udp.')
    .optional(),
  recursion: boolField('write recursion: true')
    .describe('dns: whether the server is asked to find out from others; default true.')
    .optional(),
  tries: wholeNumberField(1, 10, 'write tries: 3')
    .describe('dns: times it is sent over udp, within the timeout; default 3.')
    .optional(),
};

export const icmpFields = {
  packets: wholeNumberField(1, 100, 'write packets: 5')
    .describe('icmp: echo requests of one run; default 1.')
    .optional(),
  packetInterval: durationField(PACKET_INTERVAL_BOUNDS, '200ms')
    .describe('icmp: time from packet to packet; default 200ms.')
    .optional(),
  payload: z
    .unknown()
    .describe(
      'icmp: bytes carried by each packet, 16 to 65,000; default 56. grpc: the request message, as JSON.',
    )
    .optional(),
  ttl: wholeNumberField(1, 255, 'write ttl: 64')
    .describe('icmp: hops a packet may take; default 64.')
    .optional(),
};

export const grpcFields = {
  service: z
    .string({ error: demand('must be the name of a service', 'write service: shop.v1.Orders') })
    .max(1_024, { error: demand('must be at most 1,024 characters', 'shorten it') })
    .describe('grpc: asked of the health service; default the server as a whole.')
    .optional(),
  descriptorSet: textField(
    'must be the path of a descriptor set, or one in base64',
    'write descriptorSet: orders.binpb',
  )
    .describe(
      'grpc: descriptor set of the method, as a path relative to the file or in base64; default asked of the server by reflection.',
    )
    .optional(),
  messages: wholeNumberField(1, 10_000, 'write messages: 1')
    .describe('grpc: messages of a stream read at most; default 1.')
    .optional(),
  metadata: headersField
    .superRefine((metadata, context) => {
      for (const name of Object.keys(metadata))
        if (OWN_METADATA.test(name))
          context.addIssue({ code: 'custom', path: [name], message: METADATA });
    })
    .describe(`grpc: metadata of the call. Values may hold ${PLACEHOLDER_FORMS}.`)
    .optional(),
};
