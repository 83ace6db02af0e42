// A server with the routes of resources alone, guarded as the whole one is, on an address of its own.

import type { AddressInfo } from 'node:net';
import { silentLogger } from '@holdfast/kernel';
import { API_SCHEMAS } from '@holdfast/resources/api-schema';
import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ResourceStore } from '../resource-store/resource-store.ts';
import { answerErrors } from '../server/http/answer-errors.ts';
import { type Access, guard } from '../server/http/guard.ts';
import { resourceRoutes } from '../server/http/resource-routes.ts';

export interface TestServer {
  url: string;
  close(): Promise<void>;
}

/** `more` adds routes beside them. */
export async function startResourceServer(
  store: ResourceStore,
  access: Omit<Access, 'hosts'> = {},
  more: (server: FastifyInstance) => void = () => {},
): Promise<TestServer> {
  const server = Fastify({ forceCloseConnections: true });
  guard(server, { hosts: [], ...access });
  answerErrors(server, silentLogger);
  for (const [name, schema] of Object.entries(API_SCHEMAS))
    server.addSchema({ $id: name, ...z.toJSONSchema(schema, { target: 'draft-7' }) });
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  resourceRoutes(server, store);
  more(server);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
