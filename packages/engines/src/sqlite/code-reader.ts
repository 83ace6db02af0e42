// Latency by code of one check over a range: whole hours from hour buckets, the parts of hours at
// either end from minutes. Reads one row per bucket and holds one sketch per code, however long the
// range is.

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { LatencySketch } from '@holdfast/kernel';
import type { CodeRuns } from '../results/results.ts';
import { decodeOwn, mergeCodes } from './code-sketches.ts';
import { type Grain, ofCheck } from './rollup-buckets.ts';
import { HOUR_MS } from './store-writer.ts';

const COLUMNS = 'sketch, up_code, codes';

export interface CodeRequest {
  checkId: number;
  /** Multiples of a minute. */
  fromMs: number;
  toMs: number;
}

interface Stretch {
  grain: Grain;
  fromMs: number;
  toMs: number;
}

/** By code. */
export function readCodes(database: DatabaseSync, request: CodeRequest): CodeRuns[] {
  const sums = new Map<string, LatencySketch>();
  for (const { grain, ...range } of stretchesOf(request))
    for (const row of ofCheck(database, grain, COLUMNS, { ...request, ...range }))
      addRow(sums, row);
  return [...sums]
    .map(([code, sketch]) => codeRuns(code, sketch))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

function stretchesOf({ fromMs, toMs }: CodeRequest): Stretch[] {
  const firstHourMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const lastHourMs = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  if (firstHourMs >= lastHourMs) return [{ grain: 'minutes', fromMs, toMs }];
  return [
    { grain: 'minutes', fromMs, toMs: firstHourMs },
    { grain: 'hours', fromMs: firstHourMs, toMs: lastHourMs },
    { grain: 'minutes', fromMs: lastHourMs, toMs },
  ];
}

function addRow(sums: Map<string, LatencySketch>, row: readonly SQLOutputValue[]): void {
  const [bytes, code, codes] = row;
  if (typeof code === 'string' && bytes instanceof Uint8Array) {
    const sum = sums.get(code) ?? new LatencySketch();
    sum.mergeEncoded(bytes);
    sums.set(code, sum);
  }
  const own = codes instanceof Uint8Array ? decodeOwn(codes) : undefined;
  mergeCodes(sums, { upCode: undefined, own }, undefined);
}

function codeRuns(code: string, sketch: LatencySketch): CodeRuns {
  const quantileMs = (share: number) => sketch.quantile(share) ?? Number.NaN;
  return {
    code,
    runs: sketch.count,
    p50Ms: quantileMs(0.5),
    p90Ms: quantileMs(0.9),
    p99Ms: quantileMs(0.99),
    maxMs: quantileMs(1),
  };
}
