// Rollups as they are asked for: from the coarser grain that divides the step, neighbours merged here,
// where sketches can be read.

import { LatencySketch } from '@holdfast/kernel';
import type { CheckReference } from '@holdfast/resources/result';
import { HOUR_MS } from '../results/questions.ts';
import type { CodeRuns, LatencyDistribution, Rollup } from '../results/results.ts';
import { type Bucket, BucketSums, compareChecks, latencyOf } from '../rows/bucket-sums.ts';
import { type CodeRange, CodeSums, stretchesOf } from '../rows/code-sums.ts';
import type { Database } from './database.ts';
import { timeText } from './result-reader.ts';
import { bytesOf } from './rollup-writer.ts';

export interface RollupRequest extends CodeRange {
  /** Multiples of the step. */
  stepMs: number;
  /** Absent: every check. */
  checkId?: number;
}

/** A page is asked for at a time: a long range holds no more than its answer. */
const PAGE_ROWS = 10_000;

export class RollupReader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By check, then time. Throws USAGE for too many. */
  async rollups(request: RollupRequest): Promise<Rollup[]> {
    const buckets = await this.#buckets(request);
    const checks = await this.#checks(buckets);
    const rollups = buckets.flatMap((bucket) => {
      const check = checks.get(bucket.checkId);
      return check === undefined ? [] : rollupOf(bucket, check, request.stepMs);
    });
    return rollups.sort((a, b) => compareChecks(a.check, b.check) || a.startMs - b.startMs);
  }

  async distribution(request: RollupRequest, boundsMs: readonly number[]) {
    const buckets = await this.#buckets(request);
    return buckets.map(
      ({ startMs, counts, sketch }): LatencyDistribution => ({
        startMs,
        counts: (sketch ?? new LatencySketch()).cells(boundsMs),
        failed: counts[1] + counts[2],
      }),
    );
  }

  async codes(checkId: number, range: CodeRange): Promise<CodeRuns[]> {
    const sums = new CodeSums();
    for (const { grain, fromMs, toMs } of stretchesOf(range)) {
      const rows = await this.#database.read(
        `SELECT CASE WHEN up_code IS NULL THEN NULL ELSE sketch END, up_code, codes
         FROM ${this.#database.schema}.${grain}
         WHERE check_id = $1::int AND start_at >= $2::timestamptz AND start_at < $3::timestamptz`,
        [checkId, timeText(fromMs), timeText(toMs)],
      );
      for (const [sketch, code, codes] of rows) sums.add(bytesOf(sketch), code, bytesOf(codes));
    }
    return sums.told();
  }

  async #buckets({ fromMs, toMs, stepMs, checkId }: RollupRequest): Promise<Bucket[]> {
    const grain = stepMs % HOUR_MS === 0 ? 'hours' : 'minutes';
    const one = checkId === undefined ? '' : 'AND check_id = $4::int';
    const text = `SELECT (extract(epoch FROM start_at) * 1000)::int8, check_id, up, down, timeout,
        invalid, sketch
      FROM ${this.#database.schema}.${grain}
      WHERE start_at >= $1::timestamptz AND start_at < $2::timestamptz ${one}
        AND (start_at, check_id) > ($1::timestamptz, $3::int)
      ORDER BY start_at, check_id LIMIT ${PAGE_ROWS}`;
    const sums = new BucketSums(stepMs);
    let after: [startMs: number, checkId: number] = [fromMs, 0];
    for (;;) {
      const rows = await this.#database.read(text, [
        timeText(after[0]),
        timeText(toMs),
        after[1],
        ...(checkId === undefined ? [] : [checkId]),
      ]);
      for (const row of rows) sums.add([...row.slice(0, 6), bytesOf(row[6])]);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) return sums.buckets;
      after = [Number(last[0]), Number(last[1])];
    }
  }

  async #checks(buckets: readonly Bucket[]): Promise<Map<number, CheckReference>> {
    if (buckets.length === 0) return new Map();
    const rows = await this.#database.read(
      `SELECT id, namespace, name FROM ${this.#database.schema}.checks`,
    );
    return new Map(
      rows.map(([id, namespace, check]) => [
        Number(id),
        { namespace: namespace ?? '', check: check ?? '' },
      ]),
    );
  }
}

function rollupOf(
  { startMs, counts, sketch }: Bucket,
  check: CheckReference,
  stepMs: number,
): Rollup {
  const [up, down, timeout, invalid] = counts;
  const rollup = { check, startMs, stepMs, counts: { up, down, timeout, invalid } };
  return sketch === undefined ? rollup : { ...rollup, latency: latencyOf(sketch) };
}
