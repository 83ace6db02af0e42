// The fields of dns checks, each with its own demand: what is asked, of whom, and what is believed.

import { isIP } from 'node:net';
import * as z from 'zod';
import { demand } from '../fields/demand.ts';
import { boolField, wholeNumberField } from '../fields/plain-fields.ts';
import { provenText } from '../fields/proven-text.ts';
import { DNS_SERVER_EXAMPLE, readDnsServer } from './dns-server.ts';

const ROOTS_MAX = 50;

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

const SERVER = demand('must be a DNS server', `write it like server: ${DNS_SERVER_EXAMPLE}`);
const ROOTS = demand(
  `must be a list of 1 to ${ROOTS_MAX} servers`,
  'write roots: [{name: a.root.example, ip: 192.0.2.1}]',
);
const ANCHORS = demand(
  `must be a list of 1 to ${ROOTS_MAX} DS records`,
  "write it like trustAnchors: ['20326 8 2 E06D44B8…']",
);
const ANCHOR = demand(
  'must be a DS record: key tag, algorithm, digest type 1, 2 or 4, digest in hexadecimal',
  "write it like '20326 8 2 E06D44B8…'",
);
/** Presentation form (RFC 4034 section 5.3); owner, TTL and type may stand before it. */
const DS =
  /^(?:\.\s+(?:\d+\s+)?(?:IN\s+)?DS\s+)?(\d{1,5})\s+(\d{1,3})\s+([124])\s+([0-9A-Fa-f\s]+)$/;
/** Hexadecimal digits by digest type: SHA-1, SHA-256, SHA-384 (RFC 4034, 4509, 6605). */
const DIGEST_DIGITS: Readonly<Record<string, number>> = { 1: 40, 2: 64, 4: 96 };

function anchorFault(text: string): string | undefined {
  const [, tag, algorithm, type = '', digest = ''] = DS.exec(text.trim()) ?? [];
  if (Number(tag) > 65_535 || Number(algorithm) > 255) return ANCHOR;
  return digest.replaceAll(/\s/g, '').length === DIGEST_DIGITS[type] ? undefined : ANCHOR;
}

const rootIp = demand('must be an IP address', 'write it like ip: 192.0.2.1');
const rootSchema = z.strictObject({
  name: z
    .string({ error: demand('must be the name of the server', 'write name: a.root.example') })
    .min(1)
    .max(253)
    .describe('Name of the server, for people.'),
  ip: provenText(rootIp, (text) => (isIP(text) > 0 ? undefined : rootIp)).describe(
    'Its IPv4 or IPv6 address.',
  ),
  port: wholeNumberField(1, 65_535, 'write port: 53').describe('Its port; default 53.').optional(),
});

export const dnsFields = {
  recordType: z.enum(RECORD_TYPES).describe('dns: type of record; default A.').optional(),
  server: provenText(SERVER, (text) => {
    const reading = readDnsServer(text);
    return reading.ok ? undefined : demand(reading.fault.message, reading.fault.hint);
  })
    .describe(
      'dns: who is asked: host, host:port, tls://host or https://host/dns-query; default the system’s resolver.',
    )
    .optional(),
  transport: z
    .enum(['udp', 'tcp', 'tls', 'https'])
    .describe(
      'dns: udp, which falls back to tcp when the answer is cut off, tcp, tls or https; default udp, or what server says.',
    )
    .optional(),
  dnssec: boolField('write dnssec: true')
    .describe('dns: true asks for signatures and validates the answer from the trust anchors down.')
    .optional(),
  trace: boolField('write trace: true')
    .describe('dns: true follows the delegations from the root instead of asking one server.')
    .optional(),
  roots: z
    .array(rootSchema, { error: ROOTS })
    .min(1, { error: ROOTS })
    .max(ROOTS_MAX, { error: ROOTS })
    .describe('dns: where a trace begins; default the root servers of the internet.')
    .optional(),
  trustAnchors: z
    .array(provenText(ANCHOR, anchorFault), { error: ANCHORS })
    .min(1, { error: ANCHORS })
    .max(ROOTS_MAX, { error: ANCHORS })
    .describe('dns: DS records of the root that dnssec starts from; default those of the internet.')
    .optional(),
  recursion: boolField('write recursion: true')
    .describe('dns: whether the server is asked to find out from others; default true.')
    .optional(),
  tries: wholeNumberField(1, 10, 'write tries: 3')
    .describe('dns: times it is sent over udp, within the timeout; default 3.')
    .optional(),
};
