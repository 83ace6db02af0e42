// Runs that somebody asks for: put into the queue, waited for, told of. Any server answers for any run.

import { HoldfastError } from '@holdfast/kernel';
import type { RunHistory, RunState } from '@holdfast/resources/api';
import type { FastifyInstance } from 'fastify';
import { mayReach } from './caller.ts';
import { closed } from './closed.ts';
import type { HttpDependencies } from './dependencies.ts';
import { mustExist } from './read-routes.ts';
import { answers } from './route-schema.ts';

const WAIT_S_MAX = 25;
const HISTORY_MAX = 1_000;

interface AskedBody {
  namespace: string;
  check: string;
  location?: string;
}

export function runRoutes(server: FastifyInstance, dependencies: HttpDependencies): void {
  const { runs } = dependencies;

  server.post<{ Body: AskedBody }>(
    '/api/v1/runs',
    { schema: answers('RunState', 'Ask for a run of a check; its id is what to wait for', asked) },
    async ({ body, caller }): Promise<RunState> => {
      const { namespace, check } = body;
      if (!mayReach(caller, namespace)) throw notYours(namespace);
      mustExist(dependencies, { namespace, name: check });
      return runs.ask({ ...body, by: caller.name });
    },
  );

  server.get<{ Params: { run: string }; Querystring: { wait: number } }>(
    '/api/v1/runs/:run',
    { schema: answers('RunState', 'A run; with wait as soon as it is over', waited) },
    async (request, reply): Promise<RunState> => {
      const { params, query, caller } = request;
      const state = await runs.wait(params.run, query.wait * 1_000, closed(reply));
      if (state !== undefined && mayReach(caller, state.namespace)) return state;
      throw new HoldfastError(
        'NOT_FOUND',
        `no run ${params.run}`,
        'Runs of the last hour are listed by /api/v1/runs.',
      );
    },
  );

  server.get<{ Querystring: { limit: number } }>(
    '/api/v1/runs',
    { schema: answers('RunHistory', 'Runs that were asked for lately, newest first', listed) },
    async ({ query, caller }): Promise<RunHistory> => {
      const history = runs.history(HISTORY_MAX);
      const told = history.filter(({ namespace }) => mayReach(caller, namespace));
      return { runs: told.slice(0, query.limit) };
    },
  );
}

export function notYours(namespace: string): HoldfastError {
  const cure = 'Use a token of that namespace, or the operator’s.';
  return new HoldfastError('FORBIDDEN', `this token says nothing of namespace ${namespace}`, cure);
}

const asked = {
  body: {
    type: 'object',
    required: ['check'],
    additionalProperties: false,
    properties: {
      namespace: { type: 'string', default: 'default' },
      check: { type: 'string' },
      location: { type: 'string', description: 'Absent: at each location of the check' },
    },
  },
};

const waited = {
  querystring: {
    type: 'object',
    properties: {
      wait: {
        type: 'number',
        minimum: 0,
        maximum: WAIT_S_MAX,
        default: 0,
        description: 'Seconds',
      },
    },
  },
};

const listed = {
  querystring: {
    type: 'object',
    properties: { limit: { type: 'integer', minimum: 1, maximum: HISTORY_MAX, default: 100 } },
  },
};
