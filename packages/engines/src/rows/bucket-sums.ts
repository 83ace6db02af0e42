// Stored rollups summed into what was asked for: neighbours merged into wider buckets, counts added,
// sketches merged. It holds one bucket per answer and refuses an answer that would hold too many.

import { HoldfastError, LatencySketch } from '@holdfast/kernel';
import type { CheckReference } from '@holdfast/resources/result';
import type { Latency } from '../results/results.ts';

/** A day of hours for 8,000 checks; an answer of this size has 20 MB. */
const BUCKETS_MAX = 200_000;

export interface Bucket {
  checkId: number;
  startMs: number;
  /** By position in STATUSES. */
  counts: [number, number, number, number];
  /** Of the runs that were up. */
  sketch: LatencySketch | undefined;
}

/** Start in ms, id of the check, up, down, timeout, invalid, bytes of the sketch. */
export type BucketRow = readonly unknown[];

/** Rows come by time. Throws USAGE for an answer that would be too large to hold. */
export function mergeBuckets(rows: Iterable<BucketRow>, stepMs: number): Bucket[] {
  const sums = new BucketSums(stepMs);
  for (const row of rows) sums.add(row);
  return sums.buckets;
}

/** The same for rows that come in pieces. */
export class BucketSums {
  readonly buckets: Bucket[] = [];
  readonly #stepMs: number;
  /** Of each check the newest: it is complete when the next begins. */
  readonly #running = new Map<number, Bucket>();

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  add(row: BucketRow): void {
    const checkId = Number(row[1]);
    const startMs = Math.floor(Number(row[0]) / this.#stepMs) * this.#stepMs;
    let bucket = this.#running.get(checkId);
    if (bucket?.startMs !== startMs) {
      bucket = { checkId, startMs, counts: [0, 0, 0, 0], sketch: undefined };
      this.#running.set(checkId, bucket);
      if (this.buckets.push(bucket) > BUCKETS_MAX) throw tooMany();
    }
    add(bucket, row);
  }
}

/** What is told of a sketch that is not empty. */
export function latencyOf(sketch: LatencySketch): Latency {
  const quantileMs = (share: number) => sketch.quantile(share) ?? Number.NaN;
  return {
    minMs: quantileMs(0),
    meanMs: sketch.sum / sketch.count,
    p50Ms: quantileMs(0.5),
    p95Ms: quantileMs(0.95),
    p99Ms: quantileMs(0.99),
    maxMs: quantileMs(1),
  };
}

/** By namespace, then name, as texts compare here. */
export function compareChecks(a: CheckReference, b: CheckReference): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  if (a.check === b.check) return 0;
  return a.check < b.check ? -1 : 1;
}

function add(bucket: Bucket, row: BucketRow): void {
  bucket.counts[0] += Number(row[2]);
  bucket.counts[1] += Number(row[3]);
  bucket.counts[2] += Number(row[4]);
  bucket.counts[3] += Number(row[5]);
  const bytes = row[6];
  if (!(bytes instanceof Uint8Array)) return;
  bucket.sketch ??= new LatencySketch();
  bucket.sketch.mergeEncoded(bytes);
}

function tooMany(): HoldfastError {
  return new HoldfastError(
    'USAGE',
    `The answer would hold more than ${BUCKETS_MAX} buckets`,
    'Ask for a shorter range, a larger step, or one check.',
  );
}
