// The fields of a check, each with its own demand and description. The resource form and the terse
// form of a file are both made of these, so a field means the same wherever it stands.

import * as z from 'zod';
import { byteSizeField } from '../fields/byte-size.ts';
import { demand } from '../fields/demand.ts';
import { durationField } from '../fields/duration-field.ts';
import {
  headerName,
  headersField,
  PLACEHOLDER_FORMS,
  withDistinctNames,
} from '../fields/header-field.ts';
import { patternField } from '../fields/pattern-field.ts';
import { statusField } from '../fields/status-field.ts';
import { ruleField } from '../rule/rule-field.ts';
import { LATER_TYPES, laterType } from './target.ts';

export const INTERVAL_BOUNDS = { minMs: 1_000, maxMs: 86_400_000, text: '1s to 24h' };
const TIMEOUT_BOUNDS = { minMs: 1_000, maxMs: 60_000, text: '1s to 60s' };
/** What one answer may cost an agent in memory. */
const BODY_BYTES_MAX = 100 * 1024 * 1024;
const REDIRECTS_MAX = 100;
const RULES_MAX = 50;
const TEXT_LENGTH_MAX = 1024 * 1024;

const text = (what: string, hint: string) => {
  const wanted = demand(what, hint);
  const tooLong = demand('must be at most 1 MiB', 'shorten it');
  return z.string({ error: wanted }).max(TEXT_LENGTH_MAX, { error: tooLong });
};
const bool = (hint: string) => z.boolean({ error: demand('must be true or false', hint) });
const wholeNumber = (from: number, to: number, hint: string) => {
  const error = demand(`must be a whole number of ${from} to ${to.toLocaleString('en')}`, hint);
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
};

const typeField = z.enum(['http', 'tcp'], {
  error: ({ input }) => {
    const later = LATER_TYPES.some((type) => type === input);
    return later ? demand(laterType(String(input)), 'write http or tcp') : undefined;
  },
});

const IP = demand('must be any, 4 or 6', 'write ip: 4 to ask over IPv4 only');
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;

const tlsSchema = z.strictObject({
  serverName: text('must be a host name', 'write tls: {serverName: example.com}')
    .describe('Name sent and verified; default the host of the target.')
    .optional(),
  ca: text('must be PEM text or the path of a PEM file', 'write ca: certificates/ca.pem')
    .describe(
      'Authorities trusted instead of the system’s: PEM text, or a path relative to the file.',
    )
    .optional(),
  verify: bool('write verify: true')
    .describe('false: a bad certificate is reported, but does not fail the check.')
    .optional(),
});

const bodyExpectationSchema = z.strictObject({
  contains: text('must be a text', 'put it in quotes')
    .describe('The body holds this text.')
    .optional(),
  matches: patternField.describe('RE2 expression found anywhere in the body.').optional(),
  notMatches: patternField.describe('RE2 expression found nowhere in the body.').optional(),
});

const BODY = demand('must be a regular expression or a mapping', 'write body: {contains: ok}');
const THAT = demand('must be a rule or a list of rules', "write that: 'status == 200'");
const EXPECTED_HEADERS = demand(
  'must be a mapping of header names to patterns',
  'write headers: {content-type: json}',
);

const expectSchema = z.strictObject({
  status: statusField
    .describe(
      "Right statuses: 200, '2xx', '200-299', any, or a list. Default 200-299; 200-399 when maxRedirects is 0.",
    )
    .optional(),
  headers: withDistinctNames(z.record(headerName, patternField, { error: EXPECTED_HEADERS }))
    .describe('Header name to RE2 expression found in its value.')
    .optional(),
  body: z
    .union([patternField, bodyExpectationSchema], { error: BODY })
    .describe('An RE2 expression found in the body, or contains, matches, notMatches.')
    .optional(),
  json: z
    .unknown()
    .describe('The JSON body holds at least this: objects by subset, all else equal.')
    .optional(),
  that: z
    .union(
      [ruleField, z.array(ruleField, { error: THAT }).min(1, { error: THAT }).max(RULES_MAX)],
      { error: THAT },
    )
    .describe(
      'CEL rules that must be true. Variables: status, headers, body, json, total_ms, phases, certificate_days, target.',
    )
    .optional(),
  certificateDays: wholeNumber(0, 3_650, 'write certificateDays: 14')
    .describe('The certificate is valid for at least so many days more.')
    .optional(),
});

export const targetField = text(
  'must be an address',
  'write target: https://example.com/health',
).min(1, {
  error: demand('is empty', 'write target: https://example.com/health'),
});

/** Every field of a check but its target; all have defaults. */
export const probeFields = {
  type: typeField
    .describe('Kind of the check; told by the target’s scheme if left out.')
    .optional(),
  interval: durationField(INTERVAL_BOUNDS, '30s')
    .describe('Time from run to run; default 30s.')
    .optional(),
  timeout: durationField(TIMEOUT_BOUNDS, '5s')
    .describe('Limit of one run in all; default 10s, or the interval if shorter.')
    .optional(),
  paused: bool('write paused: true').describe('true: kept, but not run.').optional(),
  method: z.enum(METHODS).describe('HTTP method; default GET.').optional(),
  headers: headersField
    .describe(`Request headers. Values may hold ${PLACEHOLDER_FORMS}.`)
    .optional(),
  body: text('must be a text', 'put it in quotes, JSON too: \'{"a": 1}\'')
    .describe('Request body.')
    .optional(),
  maxRedirects: wholeNumber(-1, REDIRECTS_MAX, 'write maxRedirects: 5; 0 follows none, -1 all')
    .describe('Redirects followed: 0 none, -1 without limit; default 5.')
    .optional(),
  ip: z
    .union([z.enum(['any', '4', '6']), z.literal([4, 6])], { error: IP })
    .describe('IP version to ask over; default any.')
    .optional(),
  tls: tlsSchema.describe('How the server’s certificate is verified.').optional(),
  bodyLimit: byteSizeField(BODY_BYTES_MAX, '100MiB')
    .describe('Largest body read, decoded; more is a fault. Default 10MiB.')
    .optional(),
  expect: expectSchema.describe('What a good answer is.').optional(),
};

/** These mean something for http checks only. */
export const HTTP_FIELDS = [
  'method',
  'headers',
  'body',
  'maxRedirects',
  'tls',
  'bodyLimit',
  'expect',
] as const;
