// Rollups as a page of numbers that changes hands, ordered by the names of checks. Sketches never
// leave the worker: what is told of them is a handful of quantiles.

import type { DatabaseSync } from 'node:sqlite';
import { LatencySketch } from '@holdfast/kernel';
import type { CheckReference } from '@holdfast/resources/result';
import { latencyCells } from '../results/latency-cells.ts';
import type { LatencyDistribution } from '../results/results.ts';
import { type Bucket, type RollupRequest, readBuckets } from './rollup-buckets.ts';

const QUANTILES = [0.5, 0.95, 0.99];

/** Numbers per bucket, in this order. Latencies are NaN when no run was up. */
export const ROLLUP_FIELDS = [
  'check',
  'startMs',
  'up',
  'down',
  'timeout',
  'invalid',
  'minMs',
  'meanMs',
  'p50Ms',
  'p95Ms',
  'p99Ms',
  'maxMs',
] as const;

export interface RollupPage {
  /** What the field `check` indexes. */
  checks: CheckReference[];
  /** ROLLUP_FIELDS.length numbers per bucket; by check, then time. */
  numbers: Float64Array<ArrayBuffer>;
}

export class RollupReader {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  read(request: RollupRequest): RollupPage {
    return this.#pageOf(readBuckets(this.#database, request));
  }

  distribution(request: RollupRequest, boundsMs: readonly number[]): LatencyDistribution[] {
    return readBuckets(this.#database, request).map(({ startMs, counts, sketch }) => ({
      startMs,
      counts: latencyCells(sketch ?? new LatencySketch(), boundsMs),
      failed: counts[1] + counts[2],
    }));
  }

  #pageOf(buckets: Bucket[]): RollupPage {
    const named = this.#database.prepare(
      'SELECT namespace, name AS "check" FROM checks WHERE id = ?',
    );
    const checks = new Map<number, { reference: CheckReference; position: number }>();
    for (const { checkId } of buckets) {
      if (checks.has(checkId)) continue;
      const row = named.get(checkId);
      if (row === undefined) continue;
      const reference = { namespace: String(row.namespace), check: String(row.check) };
      checks.set(checkId, { reference, position: 0 });
    }
    const ordered = [...checks.values()].sort((a, b) => compare(a.reference, b.reference));
    for (const [position, check] of ordered.entries()) check.position = position;
    const known = buckets
      .map((bucket) => ({ bucket, position: checks.get(bucket.checkId)?.position ?? -1 }))
      .filter(({ position }) => position >= 0)
      .sort((a, b) => a.position - b.position || a.bucket.startMs - b.bucket.startMs);
    const numbers = known.flatMap(({ bucket, position }) => numbersOf(bucket, position));
    return {
      checks: ordered.map(({ reference }) => reference),
      numbers: new Float64Array(numbers),
    };
  }
}

function numbersOf({ startMs, counts, sketch }: Bucket, position: number): number[] {
  const [p50, p95, p99] = QUANTILES.map((share) => sketch?.quantile(share) ?? Number.NaN);
  const meanMs = sketch === undefined ? Number.NaN : sketch.sum / sketch.count;
  const minMs = sketch?.min ?? Number.NaN;
  const maxMs = sketch?.max ?? Number.NaN;
  const latencies = [minMs, meanMs, p50, p95, p99, maxMs].map((each) => each ?? Number.NaN);
  return [position, startMs, ...counts, ...latencies];
}

function compare(a: CheckReference, b: CheckReference): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  if (a.check === b.check) return 0;
  return a.check < b.check ? -1 : 1;
}
