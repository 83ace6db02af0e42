// Coordination through this server, for those who have no credentials of the engine: each within what
// its token may do. The service knows the protocol; here are its paths and its callers.

import { KEYS } from '@holdfast/engines/keys';
import {
  COORDINATION_OPERATIONS,
  COORDINATION_PATH,
  type CoordinationService,
  everythingScope,
  type KeyRule,
  namespaceScope,
  REQUEST_BYTES_MAX,
  type Scope,
} from '@holdfast/engines/remote-server';
import { HoldfastError } from '@holdfast/kernel';
import type { FastifyInstance } from 'fastify';
import type { Caller } from './caller.ts';
import { closed } from './closed.ts';

export function coordinationRoutes(server: FastifyInstance, service: CoordinationService): void {
  const schema = (summary: string) => ({ summary, body: { type: 'object' } });
  for (const operation of COORDINATION_OPERATIONS) {
    server.post(
      `${COORDINATION_PATH}${operation}`,
      { bodyLimit: REQUEST_BYTES_MAX, schema: schema(`Coordination: ${operation}`) },
      (request, reply) =>
        service.handle(operation, request.body, scopeOf(request.caller), closed(reply)),
    );
  }
  server.post(
    `${COORDINATION_PATH}watch`,
    { bodyLimit: REQUEST_BYTES_MAX, schema: schema('Coordination: watch, one line a transaction') },
    (request, reply) => {
      const lines = service.watch(request.body, scopeOf(request.caller), closed(reply));
      return reply.type('application/x-ndjson').header('Cache-Control', 'no-store').send(lines);
    },
  );
}

/** Throws FORBIDDEN for a caller that coordination is not for. */
export function scopeOf({ role, name, namespace, locations }: Caller): Scope {
  if (role === 'admin') return everythingScope;
  if (role === 'service' && namespace !== undefined)
    return namespaceScope(namespace, { writes: true });
  if (role === 'agent') return agentsScope(name, locations);
  throw new HoldfastError(
    'FORBIDDEN',
    `coordination is not for a ${role}`,
    'Use a token of the role service or agent.',
  );
}

/** One token may serve several agents: their records where it may stand, and what they have applied. */
function agentsScope(name: string, locations: readonly string[] | undefined): Scope {
  const places = locations?.map((location) => KEYS.agent(location, '')) ?? [KEYS.agents];
  const own = [...places, KEYS.applied].map(folder);
  return {
    holder: `agents/${name}`,
    reads: [...own, folder(KEYS.assignments)],
    writes: own,
    leases: 'own',
    members: false,
  };
}

function folder(before: string): KeyRule {
  return { before, after: '', one: false };
}
