// The answers that pages are made of. Every range and limit is bounded by its schema.

import { HoldfastError } from '@holdfast/kernel';
import type {
  AlertList,
  CheckDetail,
  LatencySeries,
  Overview,
  ResultList,
} from '@holdfast/resources/api';
import type { Status } from '@holdfast/resources/result';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { latencySeries } from '../latency-buckets.ts';
import { countStates } from '../live-view.ts';
import type { HttpDependencies } from './dependencies.ts';

const HOUR_MS = 3_600_000;
const RANGE_MS_MAX = 400 * 24 * HOUR_MS;
const RECENT_ALERTS = 100;

interface CheckPath {
  namespace: string;
  name: string;
}

interface RangeQuery {
  from?: number;
  to?: number;
}

const checkPath = {
  type: 'object',
  required: ['namespace', 'name'],
  properties: { namespace: { type: 'string' }, name: { type: 'string' } },
};

const rangeProperties = {
  from: { type: 'number', description: 'Milliseconds since 1970; default an hour before `to`' },
  to: { type: 'number', description: 'Milliseconds since 1970, exclusive; default now' },
};

function answers(name: string, summary: string, more: FastifySchema = {}): FastifySchema {
  return {
    summary,
    response: { 200: { $ref: `${name}#` }, '4xx': { $ref: 'ApiError#' } },
    ...more,
  };
}

export function readRoutes(server: FastifyInstance, dependencies: HttpDependencies): void {
  const schema = answers('Overview', 'Everything the first page shows');
  server.get('/api/v1/overview', { schema }, () => overview(dependencies));
  checkRoute(server, dependencies);
  resultsRoute(server, dependencies);
  latencyRoute(server, dependencies);
  alertsRoute(server, dependencies);
}

function checkRoute(server: FastifyInstance, dependencies: HttpDependencies): void {
  const schema = answers('CheckDetail', 'One check: state, last runs, resource', {
    params: checkPath,
  });
  server.get<{ Params: CheckPath }>(
    '/api/v1/checks/:namespace/:name',
    { schema },
    async ({ params }) => detail(dependencies, params),
  );
}

function resultsRoute(server: FastifyInstance, dependencies: HttpDependencies): void {
  const { results, clock } = dependencies;
  const schema = answers('ResultList', 'Results of one check, newest first', {
    params: checkPath,
    querystring: resultsQuery,
  });
  server.get<{
    Params: CheckPath;
    Querystring: RangeQuery & { limit: number; status?: Status; order: string };
  }>(
    '/api/v1/checks/:namespace/:name/results',
    { schema },
    async ({ params, query }): Promise<ResultList> => {
      mustExist(dependencies, params);
      const { limit, status, order } = query;
      const found = await results.series({
        check: { namespace: params.namespace, check: params.name },
        ...rangeOf(query, clock.wallMs()),
        limit,
        descending: order !== 'asc',
        ...(status === undefined ? {} : { statuses: [status] }),
      });
      return { results: found };
    },
  );
}

function latencyRoute(server: FastifyInstance, dependencies: HttpDependencies): void {
  const { results, clock } = dependencies;
  const schema = answers('LatencySeries', 'Latency percentiles of one check over time', {
    params: checkPath,
    querystring: latencyQuery,
  });
  server.get<{ Params: CheckPath; Querystring: RangeQuery & { points: number } }>(
    '/api/v1/checks/:namespace/:name/latency',
    { schema },
    async ({ params, query }): Promise<LatencySeries> => {
      mustExist(dependencies, params);
      const range = { ...rangeOf(query, clock.wallMs()), points: query.points };
      const check = { namespace: params.namespace, check: params.name };
      return latencySeries(results, check, range);
    },
  );
}

function alertsRoute(server: FastifyInstance, { alertJournal }: HttpDependencies): void {
  const schema = answers('AlertList', 'Alerts, newest first, with what was told to whom');
  server.get('/api/v1/alerts', { schema }, async (): Promise<AlertList> => {
    const alerts = await alertJournal.recent(RECENT_ALERTS);
    const told = alerts.map(async (alert) => ({
      ...alert,
      deliveries: await alertJournal.deliveries(alert.id),
    }));
    return { alerts: await Promise.all(told) };
  });
}

const resultsQuery = {
  type: 'object',
  properties: {
    ...rangeProperties,
    limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 200 },
    status: { type: 'string', enum: ['up', 'down', 'timeout', 'invalid'] },
    order: { type: 'string', enum: ['asc', 'desc'], default: 'desc' },
  },
};

const latencyQuery = {
  type: 'object',
  properties: {
    ...rangeProperties,
    points: { type: 'integer', minimum: 1, maximum: 1_000, default: 240 },
  },
};

async function overview({
  view,
  facts,
  agents,
  clock,
  alertJournal,
}: HttpDependencies): Promise<Overview> {
  const checks = view.summaries();
  return {
    nowMs: clock.wallMs(),
    ...facts(),
    counts: countStates(checks),
    checks,
    alerts: await alertJournal.recent(RECENT_ALERTS),
    agents: agents(),
  };
}

function detail(dependencies: HttpDependencies, { namespace, name }: CheckPath): CheckDetail {
  const summary = dependencies.view.summary(namespace, name);
  const described = dependencies.describe(namespace, name);
  if (summary === undefined || described === undefined) throw unknownCheck(namespace, name);
  return { ...summary, ...described };
}

export function mustExist(
  { view }: Pick<HttpDependencies, 'view'>,
  { namespace, name }: CheckPath,
): void {
  if (!view.has(namespace, name)) throw unknownCheck(namespace, name);
}

function unknownCheck(namespace: string, name: string): HoldfastError {
  return new HoldfastError(
    'NOT_FOUND',
    `no check ${namespace}/${name}`,
    'Checks are listed by /api/v1/overview.',
  );
}

function rangeOf(query: RangeQuery, nowMs: number): { fromMs: number; toMs: number } {
  const toMs = query.to ?? nowMs + 1;
  const fromMs = query.from ?? toMs - HOUR_MS;
  if (fromMs < toMs && toMs - fromMs <= RANGE_MS_MAX) return { fromMs, toMs };
  throw new HoldfastError(
    'USAGE',
    'the range is empty or longer than 400 days',
    'Give `from` before `to`, in milliseconds.',
  );
}
