// The parts that the descriptions of routes have in common, and the one bound of every range.

import { HoldfastError } from '@holdfast/kernel';
import type { FastifySchema } from 'fastify';

const HOUR_MS = 3_600_000;
const RANGE_MS_MAX = 400 * 24 * HOUR_MS;

export interface CheckPath {
  namespace: string;
  name: string;
}

export interface RangeQuery {
  from?: number;
  to?: number;
}

export const checkPath = {
  type: 'object',
  required: ['namespace', 'name'],
  properties: { namespace: { type: 'string' }, name: { type: 'string' } },
};

export const rangeProperties = {
  from: { type: 'number', description: 'Milliseconds since 1970; default an hour before `to`' },
  to: { type: 'number', description: 'Milliseconds since 1970, exclusive; default now' },
};

/** A route that answers with the schema of that name. */
export function answers(name: string, summary: string, more: FastifySchema = {}): FastifySchema {
  return {
    summary,
    response: { 200: { $ref: `${name}#` }, '4xx': { $ref: 'ApiError#' } },
    ...more,
  };
}

/** Throws HoldfastError USAGE for a range that is empty or longer than 400 days. */
export function rangeOf(query: RangeQuery, nowMs: number): { fromMs: number; toMs: number } {
  const toMs = query.to ?? nowMs + 1;
  const fromMs = query.from ?? toMs - HOUR_MS;
  if (fromMs < toMs && toMs - fromMs <= RANGE_MS_MAX) return { fromMs, toMs };
  throw new HoldfastError(
    'USAGE',
    'the range is empty or longer than 400 days',
    'Give `from` before `to`, in milliseconds.',
  );
}
