// The fleet over HTTP: what operators see of it, and what agents say to it. Long answers (work that
// has not changed, orders) are held open within bounds; bodies of results may be larger than others.

import type { AgentReport, KnownWork, ResultBatch, RunOutcome } from '@holdfast/fleet/uplink';
import { type Clock, HoldfastError } from '@holdfast/kernel';
import type { AppliedOverview, FleetOverview } from '@holdfast/resources/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FleetFace } from '../fleet/fleet-face.ts';
import type { Caller } from './caller.ts';
import { checkedResults } from './checked-results.ts';
import { closed } from './closed.ts';
import type { HttpDependencies } from './dependencies.ts';
import { answers } from './route-schema.ts';

const RESULT_BYTES_MAX = 8 * 1024 * 1024;
/** Of what was written before; one answer may be larger. */
const UNREAD_BYTES_MAX = 1024 * 1024;
const SIGN = '\n';

interface AgentPath {
  Params: { location: string; agent: string };
}

/** What anybody who operates a server may see, also of one that stands alone. */
export function fleetOverviewRoutes(
  server: FastifyInstance,
  { fleetOverview }: Pick<HttpDependencies, 'fleetOverview'>,
): void {
  server.get(
    '/api/v1/fleet',
    { schema: answers('FleetOverview', 'Servers, agents, assignments, engines') },
    (): Promise<FleetOverview> => fleetOverview(),
  );
  server.get(
    '/api/v1/applied',
    { schema: answers('AppliedOverview', 'Whether the resources are live everywhere') },
    async (): Promise<AppliedOverview> => (await fleetOverview()).resources,
  );
}

export function agentRoutes(server: FastifyInstance, fleet: FleetFace, clock: Clock): void {
  workRoute(server, fleet);
  resultRoutes(server, fleet, clock);
  orderRoute(server, fleet);
}

function workRoute(server: FastifyInstance, fleet: FleetFace): void {
  const schema = {
    summary: 'What an agent is to measure; one line, held back until it differs from what it knows',
    params: agentPath,
    body: { type: 'object' },
    produces: ['application/x-ndjson'],
  };
  server.post<AgentPath & { Body: { known?: KnownWork } }>(
    `${AGENT}/work`,
    { schema },
    async (request, reply) => {
      const { agent } = ownAgent(request);
      await lines(reply, fleet.work(agent, request.body.known, closed(reply)));
    },
  );
}

function resultRoutes(server: FastifyInstance, fleet: FleetFace, clock: Clock): void {
  server.post<AgentPath & { Body: Pick<ResultBatch, 'results'> }>(
    `${AGENT}/results`,
    {
      bodyLimit: RESULT_BYTES_MAX,
      schema: {
        summary: 'Results of an agent; answered once they are stored',
        params: agentPath,
        body: {
          type: 'object',
          required: ['results'],
          properties: { results: { type: 'array', maxItems: 1_000, items: { type: 'object' } } },
        },
      },
    },
    async (request, reply) => {
      const own = ownAgent(request);
      const results = checkedResults(request.body.results, own.location, clock.wallMs());
      await lines(reply, fleet.deliver({ ...own, results }));
    },
  );
  server.post<AgentPath & { Body: RunOutcome }>(
    `${AGENT}/runs`,
    {
      bodyLimit: RESULT_BYTES_MAX,
      schema: {
        summary: 'How a run ended that the agent was told to make',
        params: agentPath,
        body: { type: 'object', required: ['run'], properties: { run: { type: 'string' } } },
      },
    },
    async (request, reply) => {
      const { agent, location } = ownAgent(request);
      const { run, result, problem } = request.body;
      const measured = result === undefined ? [] : [result];
      const [checked] = checkedResults(measured, location, clock.wallMs());
      fleet.finish(agent, {
        run,
        ...(checked === undefined ? {} : { result: checked }),
        ...(problem === undefined ? {} : { problem }),
      });
      return reply.status(204).send();
    },
  );
  server.post<AgentPath & { Body: AgentReport }>(
    `${AGENT}/report`,
    {
      schema: {
        summary: 'How an agent is',
        params: agentPath,
        body: {
          type: 'object',
          required: ['summary'],
          properties: { summary: { type: 'object' } },
        },
      },
    },
    async (request, reply) => {
      fleet.report(ownAgent(request).agent, request.body);
      return reply.status(204).send();
    },
  );
}

function orderRoute(server: FastifyInstance, fleet: FleetFace): void {
  const schema = {
    summary: 'Runs that an agent is to make now, a line each',
    params: agentPath,
    produces: ['application/x-ndjson'],
  };
  server.post<AgentPath>(`${AGENT}/orders`, { schema }, async (request, reply) => {
    const { agent, location } = ownAgent(request);
    await lines(reply, fleet.orders(agent, location, closed(reply)));
  });
}

/** One line of JSON an item; an empty one is a sign of life. What fails before the first is answered as usual. */
async function lines(reply: FastifyReply, items: AsyncIterable<object | undefined>): Promise<void> {
  const { raw } = reply;
  try {
    for await (const item of items) {
      if (!raw.headersSent) {
        reply.hijack();
        raw.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
      }
      // Who does not read is let go before he costs memory, and comes back by himself.
      if (raw.writableLength > UNREAD_BYTES_MAX) return void raw.destroy();
      raw.write(item === undefined ? SIGN : `${JSON.stringify(item)}\n`);
    }
    raw.end();
  } catch (error) {
    if (!raw.headersSent) throw error;
    // Half an answer: only its end without the last line can say so.
    raw.destroy();
  }
}

const AGENT = '/api/v1/fleet/agents/:location/:agent';

const agentPath = {
  type: 'object',
  required: ['location', 'agent'],
  properties: {
    location: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
    agent: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
  },
};

/** Throws FORBIDDEN for an agent's token that is for other locations. */
function ownAgent(request: FastifyRequest<AgentPath>): { agent: string; location: string } {
  const { agent, location } = request.params;
  mayStandAt(request.caller, location);
  return { agent, location };
}

export function mayStandAt({ locations }: Caller, location: string): void {
  if (locations === undefined || locations.includes(location)) return;
  throw new HoldfastError(
    'FORBIDDEN',
    `this token is not for agents at ${location}`,
    `It is granted for ${locations.join(', ')}.`,
  );
}
