// Rollups while they are hot: the buckets of the running minute and hour stay in memory, and a
// transaction writes those that it touched. Bounded; a bucket that fell out is read back. It must be
// forgotten whenever a transaction fails or buckets are deleted, or it would write what never was.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LatencySketch } from '@holdfast/kernel';
import { addCodedRun, type CodeSketches, decodeOwn, encodeOwn } from './code-sketches.ts';

/** The running minute and hour of 10,000 checks, and late rows. */
const BUCKETS_MAX = 24_000;
/** Buckets of one check have numbers below this until the year 3871. */
const BUCKETS_PER_CHECK = 1e9;
const UP = 0;

interface Bucket extends CodeSketches {
  startMs: number;
  checkId: number;
  /** By position in STATUSES. */
  counts: number[];
  sketch: LatencySketch | undefined;
  touched: boolean;
}

export class RollupCache {
  readonly #stepMs: number;
  readonly #bucketsMax: number;
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #newest: StatementSync;
  readonly #buckets = new Map<number, Bucket>();
  /** Where buckets may be that are not at hand: those that start later are new. Unknown until asked. */
  #storedToMs: number | undefined;
  #touched: Bucket[] = [];

  constructor(
    database: DatabaseSync,
    table: 'minutes' | 'hours',
    stepMs: number,
    bucketsMax = BUCKETS_MAX,
  ) {
    this.#stepMs = stepMs;
    this.#bucketsMax = bucketsMax;
    this.#read = database.prepare(
      `SELECT up, down, timeout, invalid, sketch, up_code, codes FROM ${table}
       WHERE start_ms = ? AND check_id = ?`,
    );
    this.#newest = database.prepare(`SELECT max(start_ms) AS ms FROM ${table}`);
    this.#write = database.prepare(
      `INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  add(checkId: number, plannedAtMs: number, status: number, totalMs: number, code?: string): void {
    const bucket = this.#bucketOf(checkId, Math.floor(plannedAtMs / this.#stepMs));
    bucket.counts[status] = (bucket.counts[status] ?? 0) + 1;
    const isUp = status === UP;
    // Nearly always the code is the one that all runs of the bucket had.
    if (isUp ? code !== bucket.upCode : code !== undefined)
      addCodedRun(bucket, { code, isUp, totalMs }, bucket.sketch);
    if (isUp) {
      bucket.sketch ??= new LatencySketch();
      bucket.sketch.add(totalMs);
    }
    if (bucket.touched) return;
    bucket.touched = true;
    this.#touched.push(bucket);
  }

  /** Writes what was touched, as part of the running transaction. */
  flush(): void {
    for (const bucket of this.#touched) {
      const [up = 0, down = 0, timeout = 0, invalid = 0] = bucket.counts;
      const sketch = bucket.sketch?.encode() ?? null;
      const { startMs, checkId, upCode = null, own } = bucket;
      const codes = encodeOwn(own);
      this.#write.run(startMs, checkId, up, down, timeout, invalid, sketch, upCode, codes);
      bucket.touched = false;
    }
    this.#touched = [];
    this.#trim();
  }

  forget(): void {
    this.#buckets.clear();
    this.#storedToMs = undefined;
    this.#touched = [];
  }

  #bucketOf(checkId: number, number: number): Bucket {
    const key = checkId * BUCKETS_PER_CHECK + number;
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const bucket = this.#readBucket(checkId, number * this.#stepMs);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #readBucket(checkId: number, startMs: number): Bucket {
    this.#storedToMs ??= Number(this.#newest.get()?.ms ?? -1);
    const row = startMs > this.#storedToMs ? undefined : this.#read.get(startMs, checkId);
    const counts = [row?.up, row?.down, row?.timeout, row?.invalid].map((count) =>
      Number(count ?? 0),
    );
    const bytes = row?.sketch;
    const sketch = bytes instanceof Uint8Array ? LatencySketch.decode(bytes) : undefined;
    const upCode = typeof row?.up_code === 'string' ? row.up_code : undefined;
    const own = row?.codes instanceof Uint8Array ? decodeOwn(row.codes) : undefined;
    return { startMs, checkId, counts, sketch, upCode, own, touched: false };
  }

  /** The oldest to enter leave first: they are of minutes gone by. */
  #trim(): void {
    let surplus = this.#buckets.size - this.#bucketsMax;
    for (const [key, { startMs }] of this.#buckets) {
      if (surplus-- <= 0) return;
      this.#buckets.delete(key);
      this.#storedToMs = Math.max(this.#storedToMs ?? -1, startMs);
    }
  }
}
