// The sections of a file that hold for all of it: what checks share, what namespaces may ask for, and
// what is kept.

import * as z from 'zod';
import { faultEntries } from '../fault-table-resource.ts';
import { demand } from '../fields/demand.ts';
import { labelsField, nameField, namespaceField } from '../fields/name-fields.ts';
import { textField } from '../fields/plain-fields.ts';
import { namespaceFields } from '../namespace.ts';
import { poolFields } from '../pool.ts';
import { settingsFields } from '../settings.ts';
import { tokenFields } from '../token.ts';

const PLUGINS_MAX = 100;
const NAMESPACES_MAX = 1_000;

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
      ...namespaceFields,
    }),
    'namespaces',
  )
    .max(NAMESPACES_MAX)
    .describe('Namespaces with limits of their own, and who may do what in them.')
    .optional(),
  ...settingsFields,
};
