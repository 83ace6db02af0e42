// Forgetting in slices: each is a short transaction, so that appends get their turn in between. The
// caller asks again with the cursor until a slice says that it was the last. Rows go before the
// templates and certificates that they refer to, and free pages go back to the disk at the end.

import type { DatabaseSync } from 'node:sqlite';
import { type Clock, systemClock } from '@holdfast/kernel';
import { DAY_MS } from '../results/questions.ts';
import { forgetAlerts } from './journal-retention.ts';
import { SLOTS_PER_HOUR, slotOf } from './slot-marks.ts';
import type { StoreWriter } from './store-writer.ts';

/** A slice ends soon after this; with its last statement it stays below 50 ms. */
const SLICE_MS = 15;
const ROWS_PER_STATEMENT = 400;
const PAGES_PER_STATEMENT = 100;
/** Free pages are used again; only when there are more than this share are they given back. */
const FREE_SHARE_KEPT = 0.1;
/** After the check was last seen; its results have gone by then. */
const FORGET_CHECK_DAYS = 2;

/** Everything before these times goes; the bounds are whole slots, minutes and hours. */
export interface RetentionBounds {
  rawMs: number;
  minuteMs: number;
  hourMs: number;
  /** Alerts that recovered and deliveries that were made before this. */
  alertMs: number;
  /** Of each, the most that stay. */
  alertsMax: number;
}

export interface RetentionCursor {
  step: 'results' | 'minutes' | 'hours' | 'names' | 'journal' | 'vacuum';
}

export interface RetentionSlice {
  deleted: number;
  /** Absent: all is done. */
  next?: RetentionCursor;
}

export const RETENTION_START: RetentionCursor = { step: 'results' };

export function retainSlice(
  database: DatabaseSync,
  writer: StoreWriter,
  bounds: RetentionBounds,
  cursor: RetentionCursor,
  clock: Clock = systemClock,
): RetentionSlice {
  const endMs = clock.nowMs() + SLICE_MS;
  const hasTime = () => clock.nowMs() < endMs;
  switch (cursor.step) {
    case 'results':
      return writer.transaction(() => deleteResults(database, writer, bounds.rawMs, hasTime));
    case 'minutes':
    case 'hours':
      return deleteRollups(database, writer, cursor.step, bounds, hasTime);
    case 'names':
      return deleteNames(database, writer, bounds);
    case 'journal':
      return writer.transaction(() => deleteJournal(database, bounds, hasTime));
    case 'vacuum':
      return giveBack(database, hasTime);
  }
}

function deleteResults(
  database: DatabaseSync,
  writer: StoreWriter,
  beforeMs: number,
  hasTime: () => boolean,
): RetentionSlice {
  const slot = slotOf(beforeMs);
  const nth = database.prepare(
    `SELECT slot, check_id, planned_ms, location_id, attempt FROM results WHERE slot < ?
     ORDER BY slot, check_id, planned_ms, location_id, attempt LIMIT 1 OFFSET ${ROWS_PER_STATEMENT}`,
  );
  const remove = database.prepare(
    `DELETE FROM results
     WHERE (slot, check_id, planned_ms, location_id, attempt) < (?, ?, ?, ?, ?)`,
  );
  let deleted = 0;
  let isLast = false;
  while (!isLast && hasTime()) {
    const bound = nth.get(slot);
    isLast = bound === undefined;
    const key = bound === undefined ? [slot, 0, 0, 0, 0] : Object.values(bound);
    deleted += Number(remove.run(...key).changes);
  }
  database.prepare(`UPDATE counters SET value = value - ? WHERE name = 'raw_rows'`).run(deleted);
  if (!isLast) return { deleted, next: { step: 'results' } };
  const hour = Math.floor(slot / SLOTS_PER_HOUR);
  database.prepare('DELETE FROM slot_marks WHERE hour < ?').run(hour);
  writer.forget();
  return { deleted, next: { step: 'minutes' } };
}

function deleteRollups(
  database: DatabaseSync,
  writer: StoreWriter,
  table: 'minutes' | 'hours',
  bounds: RetentionBounds,
  hasTime: () => boolean,
): RetentionSlice {
  const beforeMs = table === 'minutes' ? bounds.minuteMs : bounds.hourMs;
  const nth = database.prepare(
    `SELECT start_ms AS ms, check_id AS id FROM ${table} WHERE start_ms < ?
     ORDER BY start_ms, check_id LIMIT 1 OFFSET ${ROWS_PER_STATEMENT}`,
  );
  const remove = database.prepare(`DELETE FROM ${table} WHERE (start_ms, check_id) < (?, ?)`);
  let last = false;
  writer.transaction(() => {
    while (!last && hasTime()) {
      const bound = nth.get(beforeMs);
      last = bound === undefined;
      remove.run(Number(bound?.ms ?? beforeMs), Number(bound?.id ?? 0));
    }
  });
  writer.forget();
  if (!last) return { deleted: 0, next: { step: table } };
  return { deleted: 0, next: { step: table === 'minutes' ? 'hours' : 'names' } };
}

function deleteNames(
  database: DatabaseSync,
  writer: StoreWriter,
  bounds: RetentionBounds,
): RetentionSlice {
  const oldestMs = Math.min(bounds.rawMs, bounds.minuteMs, bounds.hourMs);
  const day = Math.floor(oldestMs / DAY_MS) - FORGET_CHECK_DAYS;
  writer.transaction(() => {
    database.prepare('DELETE FROM templates WHERE until_ms <= ?').run(bounds.rawMs);
    database.prepare('DELETE FROM certificates WHERE until_ms <= ?').run(bounds.rawMs);
    database.prepare('DELETE FROM checks WHERE seen_day < ?').run(day);
  });
  writer.forget();
  return { deleted: 0, next: { step: 'journal' } };
}

function deleteJournal(
  database: DatabaseSync,
  { alertMs, alertsMax }: RetentionBounds,
  hasTime: () => boolean,
): RetentionSlice {
  const isDone = forgetAlerts(database, alertMs, alertsMax, hasTime);
  return { deleted: 0, next: { step: isDone ? 'vacuum' : 'journal' } };
}

function giveBack(database: DatabaseSync, hasTime: () => boolean): RetentionSlice {
  const read = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  while (read('freelist_count') > read('page_count') * FREE_SHARE_KEPT) {
    if (!hasTime()) return { deleted: 0, next: { step: 'vacuum' } };
    database.exec(`PRAGMA incremental_vacuum(${PAGES_PER_STATEMENT})`);
  }
  return { deleted: 0 };
}
