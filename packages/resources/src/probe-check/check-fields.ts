// The fields of a check, each with its own demand and description. The resource form and the terse
// form of a file are both made of these, so a field means the same wherever it stands.

import { isIP } from 'node:net';
import * as z from 'zod';
import { demand } from '../fields/demand.ts';
import { durationField } from '../fields/duration-field.ts';
import { boolField, textField, wholeNumberField } from '../fields/plain-fields.ts';
import { provenText } from '../fields/proven-text.ts';
import { dnsFields } from './dns-fields.ts';
import { expectSchema } from './expect-fields.ts';
import { httpFields } from './http-fields.ts';
import { grpcFields, icmpFields, pluginFields } from './kind-fields.ts';
import { CHECK_TYPES } from './kinds.ts';
import { locationFields } from './location-fields.ts';
import { tcpFields } from './tcp-fields.ts';
import { tlsFields } from './tls-fields.ts';

export const INTERVAL_BOUNDS = { minMs: 1_000, maxMs: 86_400_000, text: '1s to 24h' };
export const TIMEOUT_BOUNDS = { minMs: 1_000, maxMs: 60_000, text: '1s to 60s' };
const BACKOFF_BOUNDS = { minMs: 10, maxMs: 30_000, text: '10ms to 30s' };
const PHASE_BOUNDS = { minMs: 1, maxMs: 60_000, text: '1ms to 60s' };
/** Each try must still fit into the timeout of the run. */
const ATTEMPTS_MAX = 5;

const IP = demand('must be any, 4 or 6', 'write ip: 4 to ask over IPv4 only');

const retriesSchema = z.strictObject({
  attempts: wholeNumberField(1, ATTEMPTS_MAX, 'write attempts: 3')
    .describe('Tries in all, the first one included; default 1.')
    .optional(),
  backoff: durationField(BACKOFF_BOUNDS, '1s')
    .describe('Wait before the second try, doubled before each further one; default 1s.')
    .optional(),
});

const phase = (what: string) => durationField(PHASE_BOUNDS, '2s').describe(what).optional();

const timeoutsSchema = z.strictObject({
  resolve: phase('Looking up the name.'),
  connect: phase('Connecting.'),
  tls: phase('The TLS handshake.'),
  write: phase('Sending the request.'),
  wait: phase('From the request to the first byte of the answer.'),
  transfer: phase('Reading the rest of the answer.'),
});

const ADDRESS = demand('must be an IP address', 'write it like address: 192.0.2.7');
const TYPE = /^[a-z][a-z0-9-]{0,31}$/;

export const TARGET_FORMS =
  'Web address, tcp://host:port, tls://host:port, dns://server/name, icmp://host, grpc://host:port or grpcs://host:port.';

export const targetField = textField(
  'must be an address',
  'write target: https://example.com/health',
).min(1, {
  error: demand('is empty', 'write target: https://example.com/health'),
});

/** Every field of a check but its target; all have defaults. */
export const probeFields = {
  // Whether a plugin brings the kind is known once plugins are loaded: unknown-kind.ts.
  type: z
    .union([z.enum(CHECK_TYPES), z.string().regex(TYPE)])
    .describe(
      'Kind of the check, of Holdfast or of a plugin; told by the target’s scheme if left out.',
    )
    .optional(),
  interval: durationField(INTERVAL_BOUNDS, '30s')
    .describe('Time from run to run; default 30s.')
    .optional(),
  timeout: durationField(TIMEOUT_BOUNDS, '5s')
    .describe('Limit of one run in all, retries included; default 10s, or the interval if shorter.')
    .optional(),
  retries: retriesSchema
    .describe('Further tries after one that was not up, within the timeout; default none.')
    .optional(),
  timeouts: timeoutsSchema
    .describe('Limits of single phases, all hops together; default only the timeout counts.')
    .optional(),
  addresses: z
    .enum(['any', 'all'])
    .describe(
      'all: each of the name’s addresses is measured, and all must be up; default any, the first that answers. Not for dns.',
    )
    .optional(),
  address: provenText(ADDRESS, (text) => (isIP(text) > 0 ? undefined : ADDRESS))
    .describe(
      'Dialled instead of what the target’s name resolves to; the name stays in TLS and in requests. Not for dns.',
    )
    .optional(),
  paused: boolField('write paused: true').describe('true: kept, but not run.').optional(),
  ip: z
    .union([z.enum(['any', '4', '6']), z.literal([4, 6])], { error: IP })
    .describe('IP version to ask over; default any.')
    .optional(),
  ...locationFields,
  ...httpFields,
  ...tlsFields,
  ...dnsFields,
  ...icmpFields,
  ...grpcFields,
  ...tcpFields,
  ...pluginFields,
  expect: expectSchema.describe('What a good answer is.').optional(),
};
