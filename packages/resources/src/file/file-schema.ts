// The terse form of a file: what people write in holdfast.yaml and holdfast.toml. Each entry expands
// to a full resource; the older field names are read as what they are called now.

import * as z from 'zod';
import { alertRuleSchema, channelSchema, ruleFields, smtpFields, webhookFields } from '../alert.ts';
import { checkSchema } from '../check.ts';
import { faultTableSchema } from '../fault-table-resource.ts';
import { demand } from '../fields/demand.ts';
import { groupedNumber } from '../fields/grouped-number.ts';
import { labelsField, nameField, namespaceField } from '../fields/name-fields.ts';
import { textField } from '../fields/plain-fields.ts';
import { statusCodeField, statusField } from '../fields/status-field.ts';
import { namespaceSchema } from '../namespace.ts';
import { poolSchema } from '../pool.ts';
import { probeFields, TARGET_FORMS, targetField } from '../probe-check/check-fields.ts';
import { settingsSchema } from '../settings.ts';
import { tokenSchema } from '../token.ts';
import { listOf, named, sectionFields } from './file-sections.ts';

const TARGETS_MAX = 1_000;
const INCLUDES_MAX = 1_000;

const PORT = demand('must be a port of 1 to 65,535', 'write it like port: 8080');
const PATH = demand('must be a path', 'write it like path: /health');
const TARGETS = demand(
  `must be a list of 1 to ${groupedNumber(TARGETS_MAX)} addresses`,
  'write targets: [https://a.example.com, https://b.example.com]',
);
const INCLUDE = demand('must be a list of files or patterns', 'write include: [checks/*.yaml]');

const who = {
  namespace: namespaceField.describe('Keeps tenants apart; default `default`.').optional(),
  labels: labelsField.describe('Free texts to select by.').optional(),
};

const older = {
  record_type: probeFields.recordType.describe('Older name of recordType.'),
  expect_code: statusCodeField.describe('Older name of expect.status; 0 = any.').optional(),
  expect_status: statusField.describe('Older name of expect.status.').optional(),
  expect_body: z
    .string({ error: demand('must be a text', 'put it in quotes') })
    .describe('Older name of expect.body.contains.')
    .optional(),
};

const terseCheckSchema = z.strictObject({
  name: nameField.describe('1 to 64 characters, unique in its namespace.'),
  target: targetField.describe(TARGET_FORMS).optional(),
  targets: z
    .array(targetField, { error: TARGETS })
    .min(1, { error: TARGETS })
    .max(TARGETS_MAX, { error: TARGETS })
    .describe('Several targets: one check each, named name-target.')
    .optional(),
  targetsFile: textField('must be the path of a file', 'write targetsFile: targets.txt')
    .describe('File with one target a line, # before comments; a path relative to this file.')
    .optional(),
  ...probeFields,
  ...who,
  query: textField('must be a name to look up', 'write query: example.com')
    .describe('dns: older form of the target. Beside a target, that is the server asked.')
    .optional(),
  url: targetField.describe('Older name of target.').optional(),
  port: z
    .number({ error: PORT })
    .int({ error: PORT })
    .min(1, { error: PORT })
    .max(65_535, { error: PORT })
    .describe('Older form: joined to target, for dns to the server.')
    .optional(),
  path: z
    .string({ error: PATH })
    .max(8_192, { error: PATH })
    .describe('Older form: joined to target; for grpc, the method.')
    .optional(),
  ...older,
});

const defaultsSchema = z.strictObject({ ...probeFields, ...who, ...older });

const includedFile = z.string({ error: INCLUDE }).min(1, { error: INCLUDE });

export const fileSchema = z
  .strictObject({
    include: z
      .union(
        [
          includedFile,
          z.array(includedFile, { error: INCLUDE }).max(INCLUDES_MAX, { error: INCLUDE }),
        ],
        { error: INCLUDE },
      )
      .describe('Further files, by path or pattern, relative to this one. Each is whole in itself.')
      .optional(),
    defaults: defaultsSchema
      .describe('Fields for every check that does not say otherwise.')
      .optional(),
    checks: listOf(terseCheckSchema, 'checks').describe('What to ask.').optional(),
    channels: listOf(
      z.discriminatedUnion('type', [
        z.strictObject({ ...named, ...webhookFields }),
        z.strictObject({ ...named, ...smtpFields }),
      ]),
      'channels',
    )
      .describe('Ways to tell somebody.')
      .optional(),
    alerts: listOf(z.strictObject({ ...named, ...ruleFields }), 'alerts')
      .describe('When to tell whom. Left out, every check tells every channel.')
      .optional(),
    ...sectionFields,
    resources: listOf(z.unknown(), 'resources').describe('Resources in full form.').optional(),
  })
  .describe('Holdfast: what to ask, what a good answer is, and whom to tell.');

export const resourceSchemas = {
  Check: checkSchema,
  AlertRule: alertRuleSchema,
  Channel: channelSchema,
  Token: tokenSchema,
  Pool: poolSchema,
  FaultTable: faultTableSchema,
  Namespace: namespaceSchema,
  Settings: settingsSchema,
} as const;
export type ResourceKind = keyof typeof resourceSchemas;

type HoldfastFile = z.infer<typeof fileSchema>;
type TerseCheck = z.infer<typeof terseCheckSchema>;
type CheckDefaults = z.infer<typeof defaultsSchema>;
type TerseChannel = NonNullable<HoldfastFile['channels']>[number];
type TerseRule = NonNullable<HoldfastFile['alerts']>[number];

/** A file without its faulty parts: what remains is of the right type, but anything may be missing. */
export interface SoundFile {
  defaults?: CheckDefaults;
  checks?: (Partial<TerseCheck> | undefined)[];
  channels?: (Partial<TerseChannel> | undefined)[];
  alerts?: (Partial<TerseRule> | undefined)[];
  tokens?: (Partial<NonNullable<HoldfastFile['tokens']>[number]> | undefined)[];
  pools?: (Partial<NonNullable<HoldfastFile['pools']>[number]> | undefined)[];
  namespaces?: (Partial<NonNullable<HoldfastFile['namespaces']>[number]> | undefined)[];
  faults?: NonNullable<HoldfastFile['faults']>;
  plugins?: string[];
  egress?: NonNullable<HoldfastFile['egress']>;
  retention?: NonNullable<HoldfastFile['retention']>;
  limits?: NonNullable<HoldfastFile['limits']>;
  resources?: unknown[];
}
