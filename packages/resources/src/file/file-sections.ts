// The sections of a file that hold for all of it: what checks share, what namespaces may ask for, and
// what is kept.

import * as z from 'zod';
import { faultEntries } from '../fault-table-resource.ts';
import { cidrField } from '../fields/cidr-field.ts';
import { demand } from '../fields/demand.ts';
import { durationField } from '../fields/duration-field.ts';
import { labelsField, nameField, namespaceField } from '../fields/name-fields.ts';
import { textField, wholeNumberField } from '../fields/plain-fields.ts';
import { poolFields } from '../pool.ts';
import { INTERVAL_BOUNDS, TIMEOUT_BOUNDS } from '../probe-check/check-fields.ts';
import { tokenFields } from '../token.ts';

const CIDRS_MAX = 1_000;
const PLUGINS_MAX = 100;
const NAMESPACES_MAX = 1_000;
/** An hour keeps the console useful, ten years are enough for anybody. */
const RETENTION_BOUNDS = { minMs: 3_600_000, maxMs: 3_650 * 86_400_000, text: '1h to 3650d' };

const BLOCKS = demand('must be a list of address blocks', 'write it like deny: [10.0.0.0/8]');
const PLUGINS = demand(
  `must be a list of at most ${PLUGINS_MAX} paths or packages`,
  'write plugins: [./plugins/redis.ts]',
);

export const named = {
  name: nameField.describe('1 to 64 characters, unique among its kind.'),
  labels: labelsField.describe('Free texts to select by.').optional(),
};

export const listOf = <S extends z.ZodType>(item: S, section: string) =>
  z.array(item, {
    error: demand('must be a list', `start each entry with "- " under ${section}:`),
  });

const blocks = z.array(cidrField, { error: BLOCKS }).max(CIDRS_MAX, { error: BLOCKS });
const kept = (what: string) => durationField(RETENTION_BOUNDS, '30d').describe(what).optional();
const interval = (what: string) => durationField(INTERVAL_BOUNDS, '5s').describe(what).optional();

const limitsSchema = z.strictObject({
  interval: z
    .strictObject({
      min: interval('Shortest; default 5s.'),
      max: interval('Longest; default 5m.'),
    })
    .describe('Bounds on the interval of each check; 1s to 24h are the widest.')
    .optional(),
  timeout: z
    .strictObject({
      max: durationField(TIMEOUT_BOUNDS, '30s').describe('Longest; default 60s.').optional(),
    })
    .describe('Bound on the timeout of each check.')
    .optional(),
  checks: wholeNumberField(0, 1_000_000, 'write checks: 100')
    .describe('Checks in one namespace; default without limit.')
    .optional(),
  runsPerSecond: wholeNumberField(1, 1_000_000, 'write runsPerSecond: 50')
    .describe('Runs a second of all checks in one namespace together; default without limit.')
    .optional(),
});
export type WrittenLimits = z.infer<typeof limitsSchema>;

export const sectionFields = {
  plugins: z
    .array(textField('must be a path or a package', 'write ./plugins/redis.ts').min(1), {
      error: PLUGINS,
    })
    .max(PLUGINS_MAX, { error: PLUGINS })
    .describe(
      'Modules that bring further kinds of checks, by path or package. Only in the first file.',
    )
    .optional(),
  tokens: listOf(z.strictObject({ ...named, ...tokenFields }), 'tokens')
    .describe('Tokens that checks name as ${token:NAME}, asked for by client credentials.')
    .optional(),
  pools: listOf(z.strictObject({ ...named, ...poolFields }), 'pools')
    .describe('Connections that http checks use again from run to run.')
    .optional(),
  faults: faultEntries
    .describe('Which code and HTTP status faults are answered with; the first that fits wins.')
    .optional(),
  namespaces: listOf(
    z.strictObject({
      name: namespaceField.describe('Name of the namespace.'),
      limits: limitsSchema
        .describe('What its checks may ask for; else what limits says.')
        .optional(),
    }),
    'namespaces',
  )
    .max(NAMESPACES_MAX)
    .describe('Namespaces with limits of their own.')
    .optional(),
  egress: z
    .strictObject({
      deny: blocks
        .describe(
          'Never probed, besides link-local, metadata, multicast and unspecified addresses.',
        )
        .optional(),
      allow: blocks.describe('Exceptions: wins where narrower than what is denied.').optional(),
    })
    .describe('Which addresses probes may reach.')
    .optional(),
  retention: z
    .strictObject({
      raw: kept('Single results; default 7d.'),
      minutes: kept('Sums by the minute; default 30d.'),
      hours: kept('Sums by the hour; default 400d.'),
    })
    .describe('How long results are kept.')
    .optional(),
  limits: limitsSchema
    .describe('What checks may ask for, in each namespace that does not say otherwise.')
    .optional(),
};
