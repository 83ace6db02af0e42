// The answers that pages are made of. Every range and limit is bounded by its schema.

import type { AlertJournal } from '@holdfast/engines/alert-journal';
import { HoldfastError } from '@holdfast/kernel';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import type {
  AlertList,
  CheckDetail,
  CheckSummary,
  Overview,
  ResultList,
} from '@holdfast/resources/api';
import { DEFAULT_FAULT_TABLE, type FaultTable } from '@holdfast/resources/fault-table';
import type { Status } from '@holdfast/resources/result';
import type { FastifyInstance } from 'fastify';
import { failureAnswer, toldResult } from '../../failure-answer.ts';
import { countStates } from '../live-view.ts';
import { type Caller, mayReach } from './caller.ts';
import type { HttpDependencies } from './dependencies.ts';
import {
  answers,
  type CheckPath,
  checkPath,
  type RangeQuery,
  rangeOf,
  rangeProperties,
} from './route-schema.ts';

const RECENT_ALERTS = 100;

export function readRoutes(server: FastifyInstance, dependencies: HttpDependencies): void {
  const schema = answers('Overview', 'Everything the first page shows');
  server.get('/api/v1/overview', { schema }, ({ id, caller }) =>
    overview(dependencies, caller, id),
  );
  checkRoute(server, dependencies);
  resultsRoute(server, dependencies);
  alertsRoute(server, dependencies);
  faultTableRoute(server, dependencies);
}

function checkRoute(server: FastifyInstance, dependencies: HttpDependencies): void {
  const schema = answers('CheckDetail', 'One check: state, last runs, resource', {
    params: checkPath,
  });
  server.get<{ Params: CheckPath }>(
    '/api/v1/checks/:namespace/:name',
    { schema },
    async ({ params, id }) => detail(dependencies, params, id),
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
    async ({ params, query, id }): Promise<ResultList> => {
      mustExist(dependencies, params);
      const { limit, status, order } = query;
      const found = await results.series({
        check: { namespace: params.namespace, check: params.name },
        ...rangeOf(query, clock.wallMs()),
        limit,
        descending: order !== 'asc',
        ...(status === undefined ? {} : { statuses: [status] }),
      });
      const table = dependencies.faultTable();
      return { results: found.map((result) => toldResult(result, table, id)) };
    },
  );
}

function alertsRoute(server: FastifyInstance, { alertJournal }: HttpDependencies): void {
  const schema = answers('AlertList', 'Alerts, newest first, with what was told to whom');
  server.get('/api/v1/alerts', { schema }, async ({ caller }): Promise<AlertList> => {
    const alerts = await recentAlerts(alertJournal, caller);
    const told = alerts.map(async (alert) => ({
      ...alert,
      deliveries: await alertJournal.deliveries(alert.id),
    }));
    return { alerts: await Promise.all(told) };
  });
}

function faultTableRoute(server: FastifyInstance, { faultTable }: HttpDependencies): void {
  const schema = answers('FaultTable', 'How faults are answered: the first entry that fits');
  server.get(
    '/api/v1/fault-table',
    { schema },
    async (): Promise<FaultTable> => ({
      entries: [...faultTable().entries, ...DEFAULT_FAULT_TABLE.entries],
    }),
  );
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

async function overview(
  dependencies: HttpDependencies,
  caller: Caller,
  traceId: string,
): Promise<Overview> {
  const { view, facts, agents, clock, alertJournal } = dependencies;
  const checks = view
    .summaries()
    .filter(({ namespace }) => mayReach(caller, namespace))
    .map((one) => toldSummary(one, dependencies, traceId));
  return {
    nowMs: clock.wallMs(),
    ...facts(),
    counts: countStates(checks),
    checks,
    alerts: await recentAlerts(alertJournal, caller),
    agents: caller.namespace === undefined ? agents() : [],
  };
}

async function recentAlerts(journal: AlertJournal, caller: Caller): Promise<AlertRecord[]> {
  const alerts = await journal.recent(RECENT_ALERTS);
  return alerts.filter(({ check }) => mayReach(caller, check.namespace));
}

/** With what its last run is answered with, unless that was up. */
function toldSummary(
  summary: CheckSummary,
  { view, faultTable }: HttpDependencies,
  traceId: string,
): CheckSummary {
  if (summary.lastStatus === undefined || summary.lastStatus === 'up') return summary;
  const last = view.last(summary.namespace, summary.name);
  const lastError = last && failureAnswer(last, faultTable(), traceId);
  return lastError === undefined ? summary : { ...summary, lastError };
}

function detail(
  dependencies: HttpDependencies,
  { namespace, name }: CheckPath,
  traceId: string,
): CheckDetail {
  const summary = dependencies.view.summary(namespace, name);
  const described = dependencies.describe(namespace, name);
  if (summary === undefined || described === undefined) throw unknownCheck(namespace, name);
  return { ...toldSummary(summary, dependencies, traceId), ...described };
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
