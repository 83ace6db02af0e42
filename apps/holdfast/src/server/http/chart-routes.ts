// Latency of one check as charts need it: over time, by the code of the answer, and as it is spread.

import type { HeatMap, LatencySeries, StatusLatency } from '@holdfast/resources/api';
import type { CheckReference } from '@holdfast/resources/result';
import type { FastifyInstance } from 'fastify';
import { heatMap } from '../heat-map.ts';
import { type ChartRange, latencySeries } from '../latency-buckets.ts';
import { latencyByStatus } from '../latency-by-status.ts';
import type { HttpDependencies } from './dependencies.ts';
import { mustExist } from './read-routes.ts';
import {
  answers,
  type CheckPath,
  checkPath,
  type RangeQuery,
  rangeOf,
  rangeProperties,
} from './route-schema.ts';

/** How many pieces of time an answer has at most, under the name that its query gives them. */
interface Pieces {
  name: 'points' | 'columns';
  maximum: number;
  default: number;
}

interface Chart {
  path: string;
  /** Of the answer, in API_SCHEMAS. */
  answer: string;
  summary: string;
  pieces?: Pieces;
  draw(
    results: HttpDependencies['results'],
    check: CheckReference,
    range: ChartRange,
  ): Promise<HeatMap | LatencySeries | StatusLatency>;
}

const CHARTS: readonly Chart[] = [
  {
    path: 'latency',
    answer: 'LatencySeries',
    summary: 'Latency percentiles of one check over time',
    pieces: { name: 'points', maximum: 1_000, default: 240 },
    draw: latencySeries,
  },
  {
    path: 'latency-by-status',
    answer: 'StatusLatency',
    summary: 'Latency percentiles of one check by the code of the answer',
    draw: latencyByStatus,
  },
  {
    path: 'heat-map',
    answer: 'HeatMap',
    summary: 'How the latencies of one check were spread over time',
    pieces: { name: 'columns', maximum: 240, default: 60 },
    draw: heatMap,
  },
];

export function chartRoutes(server: FastifyInstance, dependencies: HttpDependencies): void {
  for (const chart of CHARTS) chartRoute(server, dependencies, chart);
}

type ChartQuery = RangeQuery & Partial<Record<Pieces['name'], number>>;

function chartRoute(
  server: FastifyInstance,
  dependencies: HttpDependencies,
  { path, answer, summary, pieces, draw }: Chart,
): void {
  const { results, clock } = dependencies;
  const querystring = { type: 'object', properties: { ...rangeProperties, ...propertyOf(pieces) } };
  server.get<{ Params: CheckPath; Querystring: ChartQuery }>(
    `/api/v1/checks/:namespace/:name/${path}`,
    { schema: answers(answer, summary, { params: checkPath, querystring }) },
    ({ params, query }) => {
      mustExist(dependencies, params);
      const check = { namespace: params.namespace, check: params.name };
      const points = (pieces && query[pieces.name]) ?? 1;
      return draw(results, check, { ...rangeOf(query, clock.wallMs()), points });
    },
  );
}

function propertyOf(pieces: Pieces | undefined): Record<string, unknown> {
  if (pieces === undefined) return {};
  const { name, ...bounds } = pieces;
  return { [name]: { type: 'integer', minimum: 1, ...bounds } };
}
