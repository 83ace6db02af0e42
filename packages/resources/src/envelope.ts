// The one envelope of every resource: version, kind, who it is, and what it wants.

import * as z from 'zod';
import { demand } from './fields/demand.ts';
import { labelsField, nameField, namespaceField } from './fields/name-fields.ts';

export const API_VERSION = 'holdfast.dev/v1';

const VERSION = demand(`must be ${API_VERSION}`, `write apiVersion: ${API_VERSION}`);

const metadataSchema = z
  .strictObject({
    name: nameField.describe('Unique among the resources of its kind and namespace.'),
    namespace: namespaceField
      .describe(
        'Keeps tenants apart; default `default`. Alert rules and channels hold for all namespaces.',
      )
      .optional(),
    labels: labelsField.describe('Free texts to select by.').optional(),
  })
  .describe('Who it is.');

/** The schema of one kind. */
export function resourceSchema<K extends string, S extends z.ZodType>(kind: K, spec: S) {
  return z.strictObject({
    apiVersion: z.literal(API_VERSION, { error: VERSION }).describe('Version of the vocabulary.'),
    kind: z.literal(kind).describe('What it is.'),
    metadata: metadataSchema,
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
