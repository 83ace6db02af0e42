// The resource Pool: connections that are used again by the checks that name it, in each namespace
// its own. Its time limits are those of the phases of such checks.

import * as z from 'zod';
import { resourceSchema } from './envelope.ts';
import { durationField } from './fields/duration-field.ts';
import { wholeNumberField } from './fields/plain-fields.ts';
import { milliseconds } from './probe-check/check-times.ts';
import { defined } from './probe-check/compiled-parts.ts';
import type { NamedPool } from './probe-check/shared-parts.ts';

const IDLE_MAX = 10_000;
const IDLE_BOUNDS = { minMs: 1_000, maxMs: 3_600_000, text: '1s to 1h' };
const LIMIT_BOUNDS = { minMs: 1, maxMs: 60_000, text: '1ms to 60s' };

const DEFAULT_IDLE = 100;
const DEFAULT_PER_HOST = 4;
/** Just below the two minutes after which many balancers drop what is idle. */
const DEFAULT_IDLE_TIMEOUT_MS = 90_000;

const connections = (from: number, example: string, what: string) =>
  wholeNumberField(from, IDLE_MAX, `write ${example}`).describe(what).optional();
const limit = (what: string) => durationField(LIMIT_BOUNDS, '2s').describe(what).optional();

export const poolFields = {
  idle: connections(0, 'idle: 100', 'Idle connections kept in all; default 100.'),
  idlePerHost: connections(0, 'idlePerHost: 4', 'Idle connections kept to one host; default 4.'),
  perHost: connections(
    1,
    'perHost: 4',
    'Connections to one host, in use and idle; a run beyond it waits for its turn; default 4.',
  ),
  idleTimeout: durationField(IDLE_BOUNDS, '90s')
    .describe('How long an idle connection is kept; default 90s.')
    .optional(),
  dialTimeout: limit('timeouts.connect of checks that use it.'),
  tlsTimeout: limit('timeouts.tls of checks that use it.'),
  responseHeaderTimeout: limit('timeouts.wait of checks that use it.'),
  expectContinueTimeout: limit('What expectContinue: true means for checks that use it.'),
};

export const poolSchema = resourceSchema(
  'Pool',
  z.strictObject(poolFields).describe('How many, and for how long.'),
).describe('Connections that are used again from run to run.');
export type Pool = z.infer<typeof poolSchema>;

export function compilePool(name: string, spec: Pool['spec']): NamedPool {
  const expectContinueMs = milliseconds(spec.expectContinueTimeout);
  return {
    spec: {
      name,
      idleMax: spec.idle ?? DEFAULT_IDLE,
      idlePerHostMax: spec.idlePerHost ?? DEFAULT_PER_HOST,
      perHostMax: spec.perHost ?? DEFAULT_PER_HOST,
      idleTimeoutMs: milliseconds(spec.idleTimeout) ?? DEFAULT_IDLE_TIMEOUT_MS,
    },
    limitsMs: defined({
      connect: milliseconds(spec.dialTimeout),
      tls: milliseconds(spec.tlsTimeout),
      wait: milliseconds(spec.responseHeaderTimeout),
    }),
    ...defined({ expectContinueMs }),
  };
}
