// Rollups while they are hot: the buckets of the running minute and hour stay in memory, and a
// transaction writes those that it touched. Bounded; a bucket that fell out is read back. It must be
// forgotten whenever a transaction fails or buckets are deleted, or it would write what never was.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LatencySketch } from '@holdfast/kernel';

/** The running minute and hour of 10,000 checks, and late rows. */
const BUCKETS_MAX = 24_000;
/** Buckets of one check have numbers below this until the year 3871. */
const BUCKETS_PER_CHECK = 1e9;
const UP = 0;

interface Bucket {
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
  readonly #buckets = new Map<number, Bucket>();
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
      `SELECT up, down, timeout, invalid, sketch FROM ${table} WHERE start_ms = ? AND check_id = ?`,
    );
    this.#write = database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?)`);
  }

  add(checkId: number, plannedAtMs: number, status: number, totalMs: number): void {
    const bucket = this.#bucketOf(checkId, Math.floor(plannedAtMs / this.#stepMs));
    bucket.counts[status] = (bucket.counts[status] ?? 0) + 1;
    if (status === UP) {
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
      this.#write.run(bucket.startMs, bucket.checkId, up, down, timeout, invalid, sketch);
      bucket.touched = false;
    }
    this.#touched = [];
    this.#trim();
  }

  forget(): void {
    this.#buckets.clear();
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
    const row = this.#read.get(startMs, checkId);
    const counts = [row?.up, row?.down, row?.timeout, row?.invalid].map((count) =>
      Number(count ?? 0),
    );
    const bytes = row?.sketch;
    const sketch = bytes instanceof Uint8Array ? LatencySketch.decode(bytes) : undefined;
    return { startMs, checkId, counts, sketch, touched: false };
  }

  /** The oldest to enter leave first: they are of minutes gone by. */
  #trim(): void {
    let surplus = this.#buckets.size - this.#bucketsMax;
    for (const key of this.#buckets.keys()) {
      if (surplus-- <= 0) return;
      this.#buckets.delete(key);
    }
  }
}
