// Rows of a store from before schema version 3, which lie by check, on their way to where they lie by
// slot. They move an hour at a time, each hour in a transaction: whoever is killed in the middle goes
// on with the oldest hour that is left. Nothing may be written before all have moved.

import type { DatabaseSync } from 'node:sqlite';
import { type Clock, systemClock } from '@holdfast/kernel';
import { SLOT_MS, SLOTS_PER_HOUR } from './slot-marks.ts';

const HOUR_MS = SLOT_MS * SLOTS_PER_HOUR;
const REPORT_MS = 5_000;

export interface MoveProgress {
  moved: number;
  /** Rows that were to move when this began. */
  total: number;
}

/** Tells how far it came every five seconds, and at the end when it moved anything. */
export function moveResults(
  database: DatabaseSync,
  onProgress: (progress: MoveProgress) => void,
  clock: Clock = systemClock,
): void {
  const isTable = `SELECT 1 FROM sqlite_schema WHERE name = 'results_by_check'`;
  if (database.prepare(isTable).get() === undefined) return;
  const total = Number(database.prepare('SELECT count(*) AS n FROM results_by_check').get()?.n);
  let moved = 0;
  let reportedMs = clock.nowMs();
  for (let ms = oldestMs(database); ms !== undefined; ms = oldestMs(database)) {
    moved += moveHour(database, Math.floor(ms / HOUR_MS));
    if (clock.nowMs() < reportedMs + REPORT_MS) continue;
    reportedMs = clock.nowMs();
    onProgress({ moved, total });
  }
  // What is left belongs to no check, so nobody could ask for it.
  database.exec('DROP TABLE results_by_check');
  if (moved > 0) onProgress({ moved, total });
}

function oldestMs(database: DatabaseSync): number | undefined {
  const sql = `SELECT min((SELECT planned_ms FROM results_by_check WHERE check_id = checks.id
                           ORDER BY planned_ms LIMIT 1)) AS ms FROM checks`;
  const ms = database.prepare(sql).get()?.ms;
  return typeof ms === 'number' ? ms : undefined;
}

/** Returns the number of rows. */
function moveHour(database: DatabaseSync, hour: number): number {
  const [fromMs, toMs] = [hour * HOUR_MS, (hour + 1) * HOUR_MS];
  const rows = `checks CROSS JOIN results_by_check ON check_id = checks.id
    AND planned_ms >= ?1 AND planned_ms < ?2`;
  database.exec('BEGIN IMMEDIATE');
  try {
    const { changes } = database
      .prepare(
        `INSERT INTO results
         SELECT planned_ms / ${SLOT_MS}, results_by_check.* FROM ${rows} ORDER BY 1, 2, 3, 4, 5`,
      )
      .run(fromMs, toMs);
    database
      .prepare(
        `INSERT INTO slot_marks
         SELECT ?3, check_id, sum(DISTINCT 1 << (planned_ms / ${SLOT_MS} % ${SLOTS_PER_HOUR}))
         FROM ${rows} GROUP BY check_id`,
      )
      .run(fromMs, toMs, hour);
    database
      .prepare(
        `DELETE FROM results_by_check
         WHERE check_id IN (SELECT id FROM checks) AND planned_ms >= ? AND planned_ms < ?`,
      )
      .run(fromMs, toMs);
    database.exec('COMMIT');
    return Number(changes);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
