// Rollups while they are hot: the buckets of the running minute and hour stay in memory, and a
// transaction writes those that it touched. Bounded; a bucket that fell out is read back. It must be
// forgotten whenever a transaction fails or buckets are deleted, or it would write what never was.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { RollupBucket } from '../rows/rollup-bucket.ts';

/** The running minute and hour of 10,000 checks, and late rows. */
const BUCKETS_MAX = 24_000;

interface Bucket {
  checkId: number;
  runs: RollupBucket;
  touched: boolean;
}

/** The buckets that start together: they lie side by side in the store. */
interface Span {
  startMs: number;
  byCheck: Map<number, Bucket>;
  touched: Bucket[];
}

export class RollupCache {
  readonly #stepMs: number;
  readonly #bucketsMax: number;
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #newest: StatementSync;
  /** By start, in steps since 1970. */
  readonly #spans = new Map<number, Span>();
  /** In all spans. */
  #size = 0;
  /** Where buckets may be that are not at hand: those that start later are new. Unknown until asked. */
  #storedToMs: number | undefined;

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
    const span = this.#spanOf(Math.floor(plannedAtMs / this.#stepMs));
    const bucket = span.byCheck.get(checkId) ?? this.#enter(span, checkId);
    bucket.runs.add(status, totalMs, code);
    if (bucket.touched) return;
    bucket.touched = true;
    span.touched.push(bucket);
  }

  /** Writes what was touched, as part of the running transaction. */
  flush(): void {
    for (const span of this.#spans.values()) {
      for (const bucket of span.touched) this.#writeBucket(span.startMs, bucket);
      span.touched = [];
    }
    this.#trim();
  }

  forget(): void {
    this.#spans.clear();
    this.#size = 0;
    this.#storedToMs = undefined;
  }

  #writeBucket(startMs: number, bucket: Bucket): void {
    const { counts, sketch, upCode, codes } = bucket.runs.stored();
    const [up = 0, down = 0, timeout = 0, invalid = 0] = counts;
    this.#write.run(startMs, bucket.checkId, up, down, timeout, invalid, sketch, upCode, codes);
    bucket.touched = false;
  }

  #spanOf(number: number): Span {
    const known = this.#spans.get(number);
    if (known !== undefined) return known;
    const span = { startMs: number * this.#stepMs, byCheck: new Map(), touched: [] };
    this.#spans.set(number, span);
    return span;
  }

  #enter({ startMs, byCheck }: Span, checkId: number): Bucket {
    const bucket = this.#readBucket(checkId, startMs);
    byCheck.set(checkId, bucket);
    this.#size += 1;
    return bucket;
  }

  #readBucket(checkId: number, startMs: number): Bucket {
    this.#storedToMs ??= Number(this.#newest.get()?.ms ?? -1);
    const row = startMs > this.#storedToMs ? undefined : this.#read.get(startMs, checkId);
    if (row === undefined) return { checkId, runs: new RollupBucket(), touched: false };
    const runs = RollupBucket.of({
      counts: [row.up, row.down, row.timeout, row.invalid].map(Number),
      sketch: row.sketch instanceof Uint8Array ? row.sketch : null,
      upCode: typeof row.up_code === 'string' ? row.up_code : null,
      codes: row.codes instanceof Uint8Array ? row.codes : null,
    });
    return { checkId, runs, touched: false };
  }

  /** The oldest to enter leave first: they are of minutes gone by. */
  #trim(): void {
    for (const [number, { startMs, byCheck }] of this.#spans) {
      if (this.#size <= this.#bucketsMax) return;
      this.#spans.delete(number);
      this.#size -= byCheck.size;
      this.#storedToMs = Math.max(this.#storedToMs ?? -1, startMs);
    }
  }
}
