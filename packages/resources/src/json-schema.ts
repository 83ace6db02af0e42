// The vocabulary as JSON Schema (draft 2020-12), for editors and for other tools. It says what each
// field is; rules across fields are beyond it, `holdfast validate` knows them.

import * as z from 'zod';
import { fileSchema, type ResourceKind, resourceSchemas } from './file/file-schema.ts';

export type { ResourceKind };
export type JsonSchema = Record<string, unknown>;

/** Of holdfast.yaml and holdfast.toml in their terse form. */
export function holdfastFileSchema(): JsonSchema {
  const { Check, AlertRule, Channel, Token, Pool, FaultTable, Namespace, Settings } =
    resourceSchemas;
  const resources = z
    .array(
      z.discriminatedUnion('kind', [
        Check,
        AlertRule,
        Channel,
        Token,
        Pool,
        FaultTable,
        Namespace,
        Settings,
      ]),
    )
    .describe('Resources in full form.')
    .optional();
  return { ...schemaOf(fileSchema.extend({ resources })), title: 'Holdfast file' };
}

/** Of one resource in full form. */
export function kindSchema(kind: ResourceKind): JsonSchema {
  return { ...schemaOf(resourceSchemas[kind]), title: kind };
}

function schemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-2020-12' }) as JsonSchema;
}
