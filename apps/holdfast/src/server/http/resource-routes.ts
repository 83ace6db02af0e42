// Resources over HTTP: told, applied, deleted. A token of a namespace sees and touches the checks of
// that namespace alone, whatever it asks for.

import { HoldfastError } from '@holdfast/kernel';
import type {
  ApplyAnswer,
  ApplyRequest,
  DeleteRequest,
  StoredResources,
} from '@holdfast/resources/resource-api';
import { RESOURCE_KINDS } from '@holdfast/resources/resource-name';
import { similarWord } from '@holdfast/resources/similar-word';
import type { FastifyInstance } from 'fastify';
import type { Resources } from '../../resource-store/file-resources.ts';
import type { ResourceCaller } from '../../resource-store/resource-store.ts';
import type { Caller } from './caller.ts';
import { answers } from './route-schema.ts';

/** What one apply may bring: far below what would hold up a server. */
const APPLY_BYTES_MAX = 32 * 1024 * 1024;
const RESOURCES_MAX = 20_000;

interface Query {
  kind?: string;
  namespace?: string;
  name?: string;
}

export function resourceRoutes(server: FastifyInstance, store: Resources): void {
  server.get<{ Querystring: Query }>(
    '/api/v1/resources',
    { schema: answers('StoredResources', 'Resources, every secret hidden', query) },
    ({ query: { kind, ...rest }, caller }): Promise<StoredResources> =>
      store.get({
        ...(kind === undefined ? {} : { kind: knownKind(kind) }),
        ...rest,
        ...withinOf(caller),
      }),
  );

  server.post<{ Body: ApplyRequest }>(
    '/api/v1/resources/apply',
    {
      bodyLimit: APPLY_BYTES_MAX,
      schema: answers('ApplyAnswer', 'Create or change resources; all are proven first', applied),
    },
    ({ body: { resources, ...options }, caller }): Promise<ApplyAnswer> =>
      store.apply(resources, { ...options, ...callerOf(caller) }),
  );

  server.post<{ Body: DeleteRequest }>(
    '/api/v1/resources/delete',
    { schema: answers('ApplyAnswer', 'Delete resources, all of them or none', deleted) },
    ({ body: { resources, ...options }, caller }): Promise<ApplyAnswer> => {
      for (const { kind } of resources) knownKind(kind);
      return store.delete(resources, { ...options, ...callerOf(caller) });
    },
  );
}

function callerOf(caller: Caller): ResourceCaller {
  return { by: caller.name, ...withinOf(caller) };
}

function withinOf({ namespace }: Caller): { within?: string } {
  return namespace === undefined ? {} : { within: namespace };
}

function knownKind(kind: string): string {
  if (RESOURCE_KINDS.some((known) => known === kind)) return kind;
  const near = similarWord(kind, RESOURCE_KINDS);
  throw new HoldfastError(
    'USAGE',
    `there is no kind ${JSON.stringify(kind)}`,
    near === undefined ? `Kinds are ${RESOURCE_KINDS.join(', ')}.` : `Did you mean ${near}?`,
  );
}

const name = { type: 'string', minLength: 1, maxLength: 64 };
const namespace = { type: 'string', minLength: 1, maxLength: 63 };

const query = {
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { kind: { type: 'string', maxLength: 64 }, namespace, name },
  },
};

const dryRun = { type: 'boolean', default: false, description: 'Nothing is written' };

const applied = {
  body: {
    type: 'object',
    required: ['resources'],
    additionalProperties: false,
    properties: {
      resources: {
        type: 'array',
        maxItems: RESOURCES_MAX,
        items: { type: 'object', description: 'In full form' },
      },
      owner: { ...name, description: 'What they come from, such as a folder' },
      prune: {
        type: 'boolean',
        description: 'Delete what this owner applied before and does not now',
      },
      dryRun,
    },
  },
};

const deleted = {
  body: {
    type: 'object',
    required: ['resources'],
    additionalProperties: false,
    properties: {
      resources: {
        type: 'array',
        minItems: 1,
        maxItems: RESOURCES_MAX,
        items: {
          type: 'object',
          required: ['kind', 'name'],
          additionalProperties: false,
          properties: { kind: { type: 'string', maxLength: 64 }, namespace, name },
        },
      },
      dryRun,
    },
  },
};
