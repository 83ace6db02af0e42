// Forgetting closed alerts and the deliveries that were made of them. What still matters stays
// whatever its age or number: alerts that fire, deliveries that are pending.

import type { DatabaseSync } from 'node:sqlite';

const ROWS_PER_STATEMENT = 400;

interface JournalTable {
  name: string;
  timeColumn: string;
  /** Rows that may go. */
  closed: string;
  /** When a row was closed. An alert's record, which is text, is asked only where this is. */
  closedAt: string;
}

const TABLES: readonly JournalTable[] = [
  {
    name: 'alerts',
    timeColumn: 'fired_ms',
    closed: `state = 'recovered'`,
    closedAt: `coalesce(record ->> 'recoveredAtMs', fired_ms)`,
  },
  {
    name: 'deliveries',
    timeColumn: 'created_ms',
    closed: `state <> 'pending'`,
    closedAt: 'created_ms',
  },
];

/** True when nothing is left to forget; false when time ran out, though never without progress. */
export function forgetAlerts(
  database: DatabaseSync,
  beforeMs: number,
  rowsMax: number,
  hasTime: () => boolean,
): boolean {
  return TABLES.every((table) => {
    const isAged = forgetOld(database, table, beforeMs, hasTime);
    return isAged && forgetSurplus(database, table, rowsMax, hasTime);
  });
}

function forgetOld(
  database: DatabaseSync,
  { name, timeColumn, closed, closedAt }: JournalTable,
  beforeMs: number,
  hasTime: () => boolean,
): boolean {
  const remove = database.prepare(
    `DELETE FROM ${name} WHERE id IN (SELECT id FROM ${name}
       WHERE ${timeColumn} < ?1 AND ${closed} AND ${closedAt} < ?1 LIMIT ${ROWS_PER_STATEMENT})`,
  );
  do if (remove.run(beforeMs).changes !== ROWS_PER_STATEMENT) return true;
  while (hasTime());
  return false;
}

/** The oldest go; fewer when too many of the rows must stay. */
function forgetSurplus(
  database: DatabaseSync,
  { name, timeColumn, closed }: JournalTable,
  rowsMax: number,
  hasTime: () => boolean,
): boolean {
  const remove = database.prepare(
    `DELETE FROM ${name} WHERE id IN (
       SELECT id FROM ${name} WHERE ${closed} ORDER BY ${timeColumn}, id LIMIT ?)`,
  );
  const counted = database.prepare(`SELECT count(*) AS rows FROM ${name}`).get();
  let surplus = Number(counted?.rows) - rowsMax;
  while (surplus > 0) {
    const removed = Number(remove.run(Math.min(surplus, ROWS_PER_STATEMENT)).changes);
    surplus = removed === 0 ? 0 : surplus - removed;
    if (surplus > 0 && !hasTime()) return false;
  }
  return true;
}
