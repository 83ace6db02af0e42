// The one envelope of every resource: version, kind, who it is, and what it wants.

import * as z from 'zod';
import { demand } from './fields/demand.ts';
import { labelsField, nameField, namespaceField } from './fields/name-fields.ts';

export const API_VERSION = 'holdfast.dev/v1';

const VERSION = demand(`must be ${API_VERSION}`, `write apiVersion: ${API_VERSION}`);

/** Who it is. What a store keeps about a resource stands here, too, and may be written back unread. */
const metadataSchema = <N extends z.ZodType<string>>(name: N) =>
  z
    .strictObject({
      name: name.describe('Unique among the resources of its kind and namespace.'),
      namespace: namespaceField
        .describe('Keeps tenants apart; default `default`. Of checks; other kinds hold for all.')
        .optional(),
      labels: labelsField.describe('Free texts to select by.').optional(),
      generation: z.number().describe('Told by the store: grows with each change.').optional(),
      updatedAtMs: z.number().describe('Told by the store: ms since 1970.').optional(),
      updatedBy: z.string().describe('Told by the store: who changed it last.').optional(),
      owner: z
        .string()
        .describe('Told by the store: what applies it, such as a folder.')
        .optional(),
    })
    .describe('Who it is.');

/** The schema of one kind. */
export function resourceSchema<
  K extends string,
  S extends z.ZodType,
  N extends z.ZodType<string> = typeof nameField,
>(kind: K, spec: S, name?: N) {
  return z.strictObject({
    apiVersion: z.literal(API_VERSION, { error: VERSION }).describe('Version of the vocabulary.'),
    kind: z.literal(kind).describe('What it is.'),
    metadata: metadataSchema(name ?? nameField),
    spec,
  });
}

/** Kinds that Holdfast will have. */
export const LATER_KINDS: readonly string[] = [
  'Journey',
  'Service',
  'RateLimitPolicy',
  'CircuitBreakerPolicy',
  'RetryPolicy',
  'TrafficRoute',
  'LoadBalancerPolicy',
  'OutlierDetection',
  'Lane',
  'Slo',
  'Maintenance',
  'Gate',
];
