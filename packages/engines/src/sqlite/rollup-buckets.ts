// Rollups as they are asked for: from the coarser grain that divides the step, neighbours merged.
// Rollups lie by time, so all checks are one walk, and one check is a look-up per bucket. A question
// that would hold too much is refused before it does.

import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { HOUR_MS, MINUTE_MS } from '../results/questions.ts';
import { type Bucket, mergeBuckets } from '../rows/bucket-sums.ts';

export type Grain = 'minutes' | 'hours';

export interface RollupRequest {
  /** Absent: every check. */
  checkId?: number;
  /** Multiples of the step. */
  fromMs: number;
  toMs: number;
  stepMs: number;
}

const COLUMNS = 'start_ms, check_id, up, down, timeout, invalid, sketch';

/** By time; throws USAGE when they are too many to hold. */
export function readBuckets(database: DatabaseSync, request: RollupRequest): Bucket[] {
  const grain = request.stepMs % HOUR_MS === 0 ? 'hours' : 'minutes';
  const { checkId } = request;
  if (checkId === undefined) return mergeBuckets(ofAll(database, grain, request), request.stepMs);
  return mergeBuckets(ofCheck(database, grain, COLUMNS, { ...request, checkId }), request.stepMs);
}

/** The rows of one check with these columns, by time; range and grain start together. */
export function* ofCheck(
  database: DatabaseSync,
  grain: Grain,
  columns: string,
  { checkId, fromMs, toMs }: { checkId: number; fromMs: number; toMs: number },
): Iterable<SQLOutputValue[]> {
  const bounds = database
    .prepare(
      `SELECT (SELECT start_ms FROM ${grain} ORDER BY start_ms LIMIT 1) AS first,
              (SELECT start_ms FROM ${grain} ORDER BY start_ms DESC LIMIT 1) AS last`,
    )
    .get();
  if (typeof bounds?.first !== 'number' || typeof bounds.last !== 'number') return;
  const grainMs = grain === 'hours' ? HOUR_MS : MINUTE_MS;
  const sql = `SELECT ${columns} FROM ${grain} WHERE start_ms = ? AND check_id = ?`;
  const one = arrays(database, sql);
  const endMs = Math.min(toMs, bounds.last + 1);
  for (let ms = Math.max(fromMs, bounds.first); ms < endMs; ms += grainMs) {
    const row = one.get(ms, checkId) as unknown as SQLOutputValue[] | undefined;
    if (row !== undefined) yield row;
  }
}

function ofAll(database: DatabaseSync, grain: Grain, { fromMs, toMs }: RollupRequest) {
  const statement = arrays(
    database,
    `SELECT ${COLUMNS} FROM ${grain} WHERE start_ms >= ? AND start_ms < ?
     ORDER BY start_ms, check_id`,
  );
  return statement.iterate(fromMs, toMs) as unknown as Iterable<SQLOutputValue[]>;
}

function arrays(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}
