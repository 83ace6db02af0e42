// Rollups as a page of numbers that changes hands, ordered by the names of checks. Sketches never
// leave the worker: what is told of them is a handful of quantiles.

import type { DatabaseSync } from 'node:sqlite';
import { LatencySketch } from '@holdfast/kernel';
import type { CheckReference } from '@holdfast/resources/result';
import type { LatencyDistribution } from '../results/results.ts';
import { type Bucket, compareChecks, latencyOf } from '../rows/bucket-sums.ts';
import { type RollupRequest, readBuckets } from './rollup-buckets.ts';

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

const LATENCY_AT = ROLLUP_FIELDS.indexOf('minMs');
const NO_LATENCY = new Array<number>(ROLLUP_FIELDS.length - LATENCY_AT).fill(Number.NaN);

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
      counts: (sketch ?? new LatencySketch()).cells(boundsMs),
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
    const ordered = [...checks.values()].sort((a, b) => compareChecks(a.reference, b.reference));
    for (const [position, check] of ordered.entries()) check.position = position;
    // Buckets come by time, so each check's are in order already.
    const byCheck = ordered.map((): Bucket[] => []);
    for (const bucket of buckets) byCheck[checks.get(bucket.checkId)?.position ?? -1]?.push(bucket);
    return { checks: ordered.map(({ reference }) => reference), numbers: numbersOf(byCheck) };
  }
}

function numbersOf(byCheck: readonly Bucket[][]): Float64Array<ArrayBuffer> {
  const length = byCheck.reduce((sum, buckets) => sum + buckets.length, 0);
  const numbers = new Float64Array(length * ROLLUP_FIELDS.length);
  let at = 0;
  for (const [position, buckets] of byCheck.entries())
    for (const { startMs, counts, sketch } of buckets) {
      numbers.set([position, startMs, ...counts], at);
      numbers.set(
        sketch === undefined ? NO_LATENCY : Object.values(latencyOf(sketch)),
        at + LATENCY_AT,
      );
      at += ROLLUP_FIELDS.length;
    }
  return numbers;
}
