// What a good answer is, for all kinds in one mapping: each kind has some of these fields, named in
// its description; kinds.ts says the same to the rules.

import * as z from 'zod';
import { demand } from '../fields/demand.ts';
import { durationField } from '../fields/duration-field.ts';
import { headerName, withDistinctNames } from '../fields/header-field.ts';
import { patternField } from '../fields/pattern-field.ts';
import { boolField, textField, wholeNumberField, wordsField } from '../fields/plain-fields.ts';
import { shareField } from '../fields/share-field.ts';
import { statusField } from '../fields/status-field.ts';
import { ruleField } from '../rule/rule-field.ts';

const RULES_MAX = 50;
const PATTERNS_MAX = 50;
const TIME_BOUNDS = { minMs: 0.001, maxMs: 60_000, text: '1µs to 60s' };

export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

/** RFC 1035 §4.1.1 and the IANA registry. */
export const RCODES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
] as const;

const GRPC_CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

const SERVING = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

// No guess: the nearest word to a misspelt version would often be an older one.
const VERSION = demand('must be TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3', 'write versionMin: TLSv1.2');

const bodySchema = z.strictObject({
  contains: textField('must be a text', 'put it in quotes')
    .describe('The body holds this text.')
    .optional(),
  matches: patternField.describe('RE2 expression found anywhere in the body.').optional(),
  notMatches: patternField.describe('RE2 expression found nowhere in the body.').optional(),
});

const SCHEMA = demand(
  'must be a JSON Schema or the path of one',
  'write jsonSchema: schemas/order.json, or {type: object}',
);
const SPOKEN = demand('must be 1.1 or 2, or a list of them', 'write version: 2');
const httpVersion = z.union([z.enum(['1.1', '2']), z.literal([1.1, 2])], { error: SPOKEN });

const BODY = demand('must be a regular expression or a mapping', 'write body: {contains: ok}');
const THAT = demand('must be a rule or a list of rules', "write that: 'status == 200'");
const EXPECTED_HEADERS = demand(
  'must be a mapping of header names to patterns',
  'write headers: {content-type: json}',
);
const PATTERNS = demand(
  'must be a regular expression or a list of them',
  "write it like matches: 'IN A 192\\.0\\.2\\.'",
);

const patternList = z
  .array(patternField, { error: PATTERNS })
  .min(1, { error: PATTERNS })
  .max(PATTERNS_MAX, { error: PATTERNS });
const patterns = z.union([patternField, patternList], { error: PATTERNS });

const sectionField = (which: string) =>
  z
    .union(
      [
        patternField,
        patternList,
        z.strictObject({
          countMin: wholeNumberField(0, 10_000, 'write countMin: 1')
            .describe('Records at least.')
            .optional(),
          matches: patterns.describe('RE2 expressions that each match some record.').optional(),
          notMatches: patterns.describe('RE2 expressions that match no record.').optional(),
        }),
      ],
      {
        error: demand(
          'must be a regular expression, a list of them, or a mapping',
          `write ${which}: {countMin: 1}`,
        ),
      },
    )
    .describe(
      `dns: records of the ${which} section, read as "name TTL IN TYPE data": RE2 expressions that each match one, or countMin, matches, notMatches.`,
    )
    .optional();

export const expectSchema = z.strictObject({
  status: statusField
    .describe(
      "http: right statuses: 200, '2xx', '200-299', any, or a list. Default 200-299; 200-399 when maxRedirects is 0.",
    )
    .optional(),
  headers: withDistinctNames(z.record(headerName, patternField, { error: EXPECTED_HEADERS }))
    .describe('http: header name to RE2 expression found in its value.')
    .optional(),
  body: z
    .union([patternField, bodySchema], { error: BODY })
    .describe('http: an RE2 expression found in the body, or contains, matches, notMatches.')
    .optional(),
  json: z
    .unknown()
    .describe(
      'http and grpc: the JSON body, or the last message, holds at least this: objects by subset, all else equal.',
    )
    .optional(),
  that: z
    .union(
      [ruleField, z.array(ruleField, { error: THAT }).min(1, { error: THAT }).max(RULES_MAX)],
      { error: THAT },
    )
    .describe(
      'CEL rules that must be true. Variables: total_ms, phases, target; http: status, headers, body, json; other kinds: detail; http, tls, tcp and grpc: certificate_days.',
    )
    .optional(),
  jsonSchema: z
    .union([z.string({ error: SCHEMA }), z.record(z.string(), z.unknown())], { error: SCHEMA })
    .describe(
      'http: JSON Schema (draft 2020-12) that the JSON body satisfies, or the path of one relative to the file.',
    )
    .optional(),
  version: z
    .union(
      [httpVersion, z.array(httpVersion, { error: SPOKEN }).min(1, { error: SPOKEN }).max(5)],
      {
        error: SPOKEN,
      },
    )
    .describe('http: version that is spoken, 1.1 or 2, or a list; default any.')
    .optional(),
  certificateDays: wholeNumberField(0, 3_650, 'write certificateDays: 14')
    .describe('http, tls and tcp: the certificate is valid for at least so many days more.')
    .optional(),
  versionMin: z
    .enum(TLS_VERSIONS, { error: VERSION })
    .describe('tls: oldest version that is accepted; default TLSv1.2.')
    .optional(),
  weakCiphers: boolField('write weakCiphers: false')
    .describe(
      'tls: true accepts suites with broken parts or without forward secrecy; default false.',
    )
    .optional(),
  staple: boolField('write staple: true')
    .describe('tls: true asks for a stapled OCSP answer that says good; default false.')
    .optional(),
  banner: patternField
    .describe('tcp: RE2 expression found in what the peer says first; needs banner.')
    .optional(),
  secure: z
    .literal(true, { error: demand('must be true', 'write secure: true, or leave it out') })
    .describe('dns: the answer was validated as secure; needs dnssec.')
    .optional(),
  rcode: wordsField(RCODES, 'a code of DNS', 'rcode: NXDOMAIN')
    .describe('dns: right codes of the answer; default NOERROR.')
    .optional(),
  answer: sectionField('answer'),
  authority: sectionField('authority'),
  additional: sectionField('additional'),
  loss: shareField
    .describe('icmp: most packets that may be lost, 0 to 1 or 20%; default 0.')
    .optional(),
  rtt: durationField(TIME_BOUNDS, '100ms')
    .describe('icmp: longest round trip that is still good.')
    .optional(),
  jitter: durationField(TIME_BOUNDS, '20ms')
    .describe('icmp: largest jitter between packets.')
    .optional(),
  code: wordsField(GRPC_CODES, 'a code of gRPC', 'code: OK; for http it is status')
    .describe('grpc: right status codes; default OK.')
    .optional(),
  serving: wordsField(SERVING, 'an answer of the health service', 'serving: SERVING')
    .describe('grpc: right answers of the health service; default SERVING.')
    .optional(),
});
