// The HTTP face: one fastify server with its guard, its error answers, its OpenAPI document and its
// routes. Requests are bounded in body, header and number; closing ends the open event streams too.

import type { AddressInfo } from 'node:net';
import swagger from '@fastify/swagger';
import { HoldfastError, newTraceId, systemChance } from '@holdfast/kernel';
import { API_SCHEMAS } from '@holdfast/resources/api-schema';
import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { VERSION } from '../../version.ts';
import { answerErrors } from './answer-errors.ts';
import { chartRoutes } from './chart-routes.ts';
import { consoleFiles } from './console-files.ts';
import { coordinationRoutes } from './coordination-routes.ts';
import type { HttpDependencies } from './dependencies.ts';
import { eventRoute } from './event-route.ts';
import { agentRoutes, fleetOverviewRoutes } from './fleet-routes.ts';
import { guard } from './guard.ts';
import { operationRoutes } from './operation-routes.ts';
import { readRoutes } from './read-routes.ts';
import { resourceRoutes } from './resource-routes.ts';
import { runRoutes } from './run-routes.ts';
import { writingRoutes } from './writing-routes.ts';

const BODY_BYTES_MAX = 1024 * 1024;
const REQUEST_MS_MAX = 30_000;

export interface HttpServer {
  /** Resolves to the URL it answers at. Throws HoldfastError LISTEN_FAILED. */
  listen(host: string, port: number): Promise<string>;
  close(): Promise<void>;
}

export async function createHttpServer(dependencies: HttpDependencies): Promise<HttpServer> {
  const server = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    forceCloseConnections: true,
    genReqId: () => newTraceId(systemChance),
    logger: false,
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('X-Trace-Id', request.id);
  });
  guard(server, dependencies.access);
  answerErrors(server, dependencies.logger);
  await describe(server);
  readRoutes(server, dependencies);
  chartRoutes(server, dependencies);
  eventRoute(server, dependencies);
  operationRoutes(server, dependencies);
  writingRoutes(server, dependencies);
  runRoutes(server, dependencies);
  resourceRoutes(server, dependencies.resources);
  fleetOverviewRoutes(server, dependencies);
  if (dependencies.fleet !== undefined) {
    agentRoutes(server, dependencies.fleet, dependencies.clock);
    coordinationRoutes(server, dependencies.fleet.coordination);
  }
  await consoleFiles(server, dependencies.consoleFolder);
  server.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  return {
    listen: (host, port) => listen(server, host, port),
    close: () => server.close(),
  };
}

/** Schemas are for the document and for reading requests; answers are written as they are. */
async function describe(server: FastifyInstance): Promise<void> {
  for (const [name, schema] of Object.entries(API_SCHEMAS)) {
    server.addSchema({ $id: name, ...z.toJSONSchema(schema, { target: 'draft-7' }) });
  }
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Holdfast', version: VERSION, license: { name: 'Apache-2.0' } },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema-${index}`),
    },
  });
}

async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const cure = 'Choose another address with --listen, or stop what listens there.';
    throw new HoldfastError('LISTEN_FAILED', `cannot listen on ${host}:${port}`, cure, error);
  }
  const { address, port: bound } = server.server.address() as AddressInfo;
  return `http://${address.includes(':') ? `[${address}]` : address}:${bound}`;
}
