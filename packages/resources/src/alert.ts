// The resources AlertRule (when to tell) and Channel (whom to tell): their schemas, and the compiler
// to what the alert engine runs. Both hold for all namespaces; a rule may choose some of them.

import * as z from 'zod';
import type { CompiledChannel, CompiledRule } from './compiled-alert.ts';
import { resourceSchema } from './envelope.ts';
import { addressField, smtpServerField, webhookUrlField } from './fields/channel-fields.ts';
import { demand } from './fields/demand.ts';
import { groupedNumber } from './fields/grouped-number.ts';
import { headersField } from './fields/header-field.ts';
import { labelsField, nameField, namespaceField } from './fields/name-fields.ts';
import { PLACEHOLDER_FORMS } from './fields/placeholder.ts';

/** Enough to rule out one lost packet and one restart, at 30 s told after a minute. */
const DEFAULT_FAILURES = 3;
const DEFAULT_RECOVERIES = 1;
const LIST_MAX = 1_000;

const list = <S extends z.ZodType>(item: S, hint: string) => {
  const error = demand(`must be a list of 1 to ${groupedNumber(LIST_MAX)}`, hint);
  return z.array(item, { error }).min(1, { error }).max(LIST_MAX, { error });
};
const runs = (hint: string) => {
  const error = demand('must be a whole number of 1 to 1,000', hint);
  return z.number({ error }).int({ error }).min(1, { error }).max(1_000, { error });
};
const GLOB = demand('must be a name, with * and ? for any characters', 'write it like api-*');
const globField = z.string({ error: GLOB }).min(1, { error: GLOB }).max(256, { error: GLOB });

const matchSchema = z.strictObject({
  names: list(globField, 'write names: [api-*]')
    .describe('Names of checks; * and ? stand for any characters.')
    .optional(),
  labels: labelsField.describe('Labels the check must have, all of them.').optional(),
  namespaces: list(namespaceField, 'write namespaces: [default]')
    .describe('Namespaces; default all.')
    .optional(),
});

export const ruleFields = {
  failures: runs('write failures: 3')
    .describe('Bad runs in a row until it fires; default 3.')
    .optional(),
  recoveries: runs('write recoveries: 1')
    .describe('Good runs in a row until it recovers; default 1.')
    .optional(),
  match: matchSchema.describe('Which checks; default all.').optional(),
  channels: list(nameField, 'write channels: [name-of-a-channel]').describe(
    'Names of the channels to tell.',
  ),
};

export const webhookFields = {
  type: z.literal('webhook').describe('Sends JSON by HTTP POST.'),
  url: webhookUrlField.describe(`http or https; may hold ${PLACEHOLDER_FORMS}.`),
  headers: headersField.describe(`Values may hold ${PLACEHOLDER_FORMS}.`).optional(),
};

export const smtpFields = {
  type: z.literal('smtp').describe('Sends mail.'),
  server: smtpServerField.describe(
    `smtp://user:password@host:587 (STARTTLS) or smtps://host:465; may hold ${PLACEHOLDER_FORMS}.`,
  ),
  from: addressField.describe('Sender.'),
  to: list(addressField, 'write to: [oncall@example.com]').describe('Recipients.'),
};

const ruleSpecSchema = z.strictObject(ruleFields).describe('When to tell whom.');
const channelSpecSchema = z
  .discriminatedUnion('type', [z.strictObject(webhookFields), z.strictObject(smtpFields)])
  .describe('A way to tell somebody.');

export const alertRuleSchema = resourceSchema('AlertRule', ruleSpecSchema);
export const channelSchema = resourceSchema('Channel', channelSpecSchema);

export type AlertRule = z.infer<typeof alertRuleSchema>;
export type Channel = z.infer<typeof channelSchema>;

export type { CompiledChannel, CompiledRule } from './compiled-alert.ts';

export function compileRule({ metadata, spec }: AlertRule): CompiledRule {
  return {
    name: metadata.name,
    failures: spec.failures ?? DEFAULT_FAILURES,
    recoveries: spec.recoveries ?? DEFAULT_RECOVERIES,
    match: {
      names: [...(spec.match?.names ?? [])],
      labels: { ...spec.match?.labels },
      namespaces: [...(spec.match?.namespaces ?? [])],
    },
    channels: [...new Set(spec.channels)],
  };
}

export function compileChannel({ metadata, spec }: Channel): CompiledChannel {
  const { name } = metadata;
  if (spec.type === 'webhook')
    return { name, type: 'webhook', url: spec.url, headers: { ...spec.headers } };
  return { name, type: 'smtp', server: spec.server, from: spec.from, to: [...spec.to] };
}

/** The rule that a file with channels and no alerts implies: everything, to every channel. */
export function impliedRule(channels: readonly string[]): CompiledRule {
  return {
    name: 'everything',
    failures: DEFAULT_FAILURES,
    recoveries: DEFAULT_RECOVERIES,
    match: { names: [], labels: {}, namespaces: [] },
    channels: [...channels],
  };
}
