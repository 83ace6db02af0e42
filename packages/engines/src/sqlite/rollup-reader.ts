// Answers rollups from the coarser grain that divides the step, merging neighbours. Rollups lie by
// time, so all checks are one walk, and one check is a look-up per bucket. What comes out is numbers
// only: sketches never leave the worker.

import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { HoldfastError, LatencySketch } from '@holdfast/kernel';
import type { CheckReference } from '@holdfast/resources/result';
import { HOUR_MS, MINUTE_MS } from './store-writer.ts';

/** A day of hours for 8,000 checks; an answer of this size has 20 MB. */
const BUCKETS_MAX = 200_000;
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

export interface RollupRequest {
  /** Absent: every check. */
  checkId?: number;
  /** Multiples of the step. */
  fromMs: number;
  toMs: number;
  stepMs: number;
}

export interface RollupPage {
  /** What the field `check` indexes. */
  checks: CheckReference[];
  /** ROLLUP_FIELDS.length numbers per bucket; by check, then time. */
  numbers: Float64Array<ArrayBuffer>;
}

interface Bucket {
  checkId: number;
  startMs: number;
  counts: [number, number, number, number];
  sketch: LatencySketch | undefined;
}

export class RollupReader {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  read(request: RollupRequest): RollupPage {
    const hourly = request.stepMs % HOUR_MS === 0;
    const [table, grainMs] = hourly ? ['hours', HOUR_MS] : ['minutes', MINUTE_MS];
    const rows =
      request.checkId === undefined
        ? this.#all(table, request)
        : this.#single(table, grainMs, request, request.checkId);
    return this.#pageOf(merge(rows, request.stepMs));
  }

  #all(table: string, { fromMs, toMs }: RollupRequest): Iterable<SQLOutputValue[]> {
    const statement = this.#arrays(
      `SELECT * FROM ${table} WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms, check_id`,
    );
    return statement.iterate(fromMs, toMs) as unknown as Iterable<SQLOutputValue[]>;
  }

  *#single(table: string, grainMs: number, request: RollupRequest, checkId: number) {
    const bounds = this.#database
      .prepare(
        `SELECT (SELECT start_ms FROM ${table} ORDER BY start_ms LIMIT 1) AS first,
                (SELECT start_ms FROM ${table} ORDER BY start_ms DESC LIMIT 1) AS last`,
      )
      .get();
    if (typeof bounds?.first !== 'number' || typeof bounds.last !== 'number') return;
    const one = this.#arrays(`SELECT * FROM ${table} WHERE start_ms = ? AND check_id = ?`);
    const endMs = Math.min(request.toMs, bounds.last + 1);
    for (let ms = Math.max(request.fromMs, bounds.first); ms < endMs; ms += grainMs) {
      const row = one.get(ms, checkId) as unknown as SQLOutputValue[] | undefined;
      if (row !== undefined) yield row;
    }
  }

  #arrays(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
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

/** Rows come by time, so a check's bucket is complete when its next begins. */
function merge(rows: Iterable<SQLOutputValue[]>, stepMs: number): Bucket[] {
  const buckets: Bucket[] = [];
  const running = new Map<number, Bucket>();
  for (const [start, check, ...rest] of rows) {
    const checkId = Number(check);
    const startMs = Math.floor(Number(start) / stepMs) * stepMs;
    let bucket = running.get(checkId);
    if (bucket?.startMs !== startMs) {
      bucket = { checkId, startMs, counts: [0, 0, 0, 0], sketch: undefined };
      running.set(checkId, bucket);
      if (buckets.push(bucket) > BUCKETS_MAX) throw tooMany();
    }
    add(bucket, rest);
  }
  return buckets;
}

function add(bucket: Bucket, [up, down, timeout, invalid, bytes]: SQLOutputValue[]): void {
  bucket.counts[0] += Number(up);
  bucket.counts[1] += Number(down);
  bucket.counts[2] += Number(timeout);
  bucket.counts[3] += Number(invalid);
  if (!(bytes instanceof Uint8Array)) return;
  const sketch = LatencySketch.decode(bytes);
  if (bucket.sketch === undefined) bucket.sketch = sketch;
  else bucket.sketch.merge(sketch);
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

function tooMany(): HoldfastError {
  return new HoldfastError(
    'USAGE',
    `The answer would hold more than ${BUCKETS_MAX} buckets`,
    'Ask for a shorter range, a larger step, or one check.',
  );
}
