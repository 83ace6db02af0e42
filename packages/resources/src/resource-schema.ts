// The answers of resource-api.ts once more as schemas, as api-schema.ts does for the others.

import { z } from 'zod';
import type { ApplyAnswer, StoredResources } from './resource-api.ts';
import { count, timeMs } from './result-schema.ts';

const shown = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().exactOptional(),
    labels: z.record(z.string(), z.string()).exactOptional(),
    generation: count.exactOptional(),
    updatedAtMs: timeMs.exactOptional(),
    updatedBy: z.string().exactOptional(),
    owner: z.string().exactOptional(),
  }),
  spec: z.record(z.string(), z.unknown()),
});

export const storedResources = z.object({
  revision: z.string(),
  resources: z.array(shown),
}) satisfies z.ZodType<StoredResources>;

export const applyAnswer = z.object({
  revision: z.string(),
  dryRun: z.boolean(),
  transactions: count,
  resources: z.array(
    z.object({
      kind: z.string(),
      namespace: z.string().exactOptional(),
      name: z.string(),
      change: z.enum(['created', 'changed', 'unchanged', 'deleted']),
      fields: z.array(z.string()),
    }),
  ),
  warnings: z.array(z.string()),
}) satisfies z.ZodType<ApplyAnswer>;
