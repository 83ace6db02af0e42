// What operators and their tools ask: is it alive, is it ready, what does it count. And the one
// action of this slice: run a check now.

import { HoldfastError } from '@holdfast/kernel';
import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from './dependencies.ts';
import { mustExist } from './read-routes.ts';

export function operationRoutes(server: FastifyInstance, dependencies: HttpDependencies): void {
  server.get('/healthz', { schema: { summary: 'The process serves' } }, async () => ({
    status: 'ok',
  }));

  server.get(
    '/readyz',
    { schema: { summary: 'Store, agent and configuration are in force' } },
    (_request, reply) => {
      const parts = dependencies.readiness();
      const ready = Object.values(parts).every(Boolean);
      return reply
        .status(ready ? 200 : 503)
        .send({ status: ready ? 'ready' : 'starting', ...parts });
    },
  );

  server.get('/metrics', { schema: { summary: 'Prometheus metrics' } }, async (_request, reply) => {
    const { contentType, text } = await dependencies.metrics.scrape();
    return reply.type(contentType).send(text);
  });

  server.post<{ Params: { namespace: string; name: string } }>(
    '/api/v1/checks/:namespace/:name/run',
    { schema: { summary: 'Run a check now; its result comes with the live events' } },
    async ({ params }, reply) => {
      mustExist(dependencies, params);
      if (!dependencies.runNow(params.namespace, params.name)) {
        throw new HoldfastError(
          'AGENT_FAILED',
          'no agent can run it now',
          'Look at the agents on the overview; try again in a moment.',
        );
      }
      return reply.status(202).send({ status: 'asked' });
    },
  );
}
