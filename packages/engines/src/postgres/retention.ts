// Forgetting: days that are old leave as whole tables; what is kept for less than a day goes by the hour,
// each in a transaction of its own. Reading and appending go on meanwhile. Rows go before the templates
// and certificates that they refer to, and no name goes that a server may still rely on.

import { DAY_MS, HOUR_MS } from '../results/questions.ts';
import { storeFailed } from '../rows/store-failed.ts';
import { type Client, type Database, query } from './database.ts';
import type { DailyTable } from './partitions.ts';
import { timeText } from './result-reader.ts';

/** After the check was last seen; its results have gone by then. */
const FORGET_CHECK_DAYS = 2;
/** By the server's own clock: what is younger may be relied on by a server whose clock goes wrong. */
const NAMES_KEPT = `interval '1 hour'`;

export interface RetentionBounds {
  /** Everything before these goes. */
  rawMs: number;
  minuteMs: number;
  hourMs: number;
  /** Alerts that recovered and deliveries that were made before this. */
  alertMs: number;
  /** Of each, the most that stay. */
  alertsMax: number;
  /** As in RetentionPolicy. */
  rawDays?: ReadonlyMap<number, number>;
  /** Looked at before each day. */
  signal?: AbortSignal;
}

/** The tables of days, however they are made. */
export interface DailyTables {
  /** Those that stand, oldest first, in days since 1970. */
  days(table: DailyTable): Promise<number[]>;
  /** One that is gone already is none to drop. */
  drop(client: Client, table: DailyTable, day: number): Promise<unknown>;
}

export class Retention {
  readonly #database: Database;
  readonly #tables: DailyTables;

  constructor(database: Database, tables: DailyTables) {
    this.#database = database;
    this.#tables = tables;
  }

  /** Returns how many raw rows went. */
  async retain(bounds: RetentionBounds): Promise<number> {
    const deleted = await this.#forgetResults(bounds);
    await this.#forgetMinutes(bounds.minuteMs);
    await this.#deleteBefore('hours', bounds.hourMs);
    await this.#forgetNames(bounds);
    for (const table of JOURNAL) await this.#forgetJournal(table, bounds);
    return deleted;
  }

  async #forgetResults({ rawMs: beforeMs, rawDays, signal }: RetentionBounds): Promise<number> {
    const { schema } = this.#database;
    const rows = await this.#database.write(
      `SELECT DISTINCT day FROM ${schema}.result_days WHERE day <= $1::int ORDER BY 1`,
      [Math.floor(beforeMs / DAY_MS)],
    );
    let deleted = 0;
    for (const [text] of rows) {
      signal?.throwIfAborted();
      const day = Number(text);
      const isWhole = (day + 1) * DAY_MS <= beforeMs;
      if (rawDays !== undefined && !(isWhole && rawDays.has(day * DAY_MS))) continue;
      if (isWhole) deleted += await this.#dropDay(day, rawDays?.get(day * DAY_MS));
      else deleted += await this.#deleteResults(day, Math.min(beforeMs, (day + 1) * DAY_MS));
    }
    return deleted;
  }

  #dropDay(day: number, rowsMax = Number.POSITIVE_INFINITY): Promise<number> {
    const counts = `${this.#database.schema}.result_days`;
    return this.#database.transaction(async (client) => {
      await this.#tables.drop(client, 'results', day);
      // Nobody can add to the day any more: what was added until now is counted.
      const [counted] = await query(
        client,
        `SELECT sum(row_count) FROM ${counts} WHERE day <= $1`,
        [day],
      );
      if (Number(counted?.[0]) > rowsMax) throw cameLate(day, Number(counted?.[0]), rowsMax);
      const rows = await query(
        client,
        `DELETE FROM ${counts} WHERE day = $1::int RETURNING row_count`,
        [day],
      );
      return rows.reduce((sum, [count]) => sum + Number(count), 0);
    });
  }

  async #deleteResults(day: number, beforeMs: number): Promise<number> {
    const { schema } = this.#database;
    let deleted = 0;
    for (let fromMs = day * DAY_MS; fromMs < beforeMs; fromMs += HOUR_MS)
      deleted += await this.#database.transaction(async (client) => {
        const [row] = await query(
          client,
          `WITH gone AS (DELETE FROM ${schema}.results
             WHERE planned_at >= $1::timestamptz AND planned_at < $2::timestamptz RETURNING 1)
           SELECT count(*) FROM gone`,
          [timeText(fromMs), timeText(Math.min(beforeMs, fromMs + HOUR_MS))],
        );
        const count = Number(row?.[0]);
        if (count > 0)
          await query(
            client,
            `UPDATE ${schema}.result_days SET row_count = row_count - $2
             WHERE day = $1::int AND slot = (SELECT min(slot) FROM ${schema}.result_days WHERE day = $1)`,
            [day, count],
          );
        return count;
      });
    return deleted;
  }

  async #forgetMinutes(beforeMs: number): Promise<void> {
    const days = await this.#tables.days('minutes');
    const lastDay = Math.floor(beforeMs / DAY_MS);
    for (const day of days.filter((each) => each < lastDay))
      await this.#database.transaction((client) => this.#tables.drop(client, 'minutes', day));
    await this.#deleteBefore('minutes', beforeMs);
  }

  async #deleteBefore(table: 'minutes' | 'hours', beforeMs: number): Promise<void> {
    await this.#database.write(
      `DELETE FROM ${this.#database.schema}.${table} WHERE start_at < $1::timestamptz`,
      [timeText(beforeMs)],
    );
  }

  async #forgetNames({ rawMs, minuteMs, hourMs }: RetentionBounds): Promise<void> {
    const { schema } = this.#database;
    for (const table of ['templates', 'certificates'])
      await this.#database.write(
        `DELETE FROM ${schema}.${table}
         WHERE until_at <= least($1::timestamptz, now() - ${NAMES_KEPT})`,
        [timeText(rawMs)],
      );
    const oldestMs = Math.min(rawMs, minuteMs, hourMs);
    await this.#database.write(
      `DELETE FROM ${schema}.checks WHERE seen_day < least($1::int,
         (extract(epoch FROM now()) / 86400)::int - ${FORGET_CHECK_DAYS})`,
      [Math.floor(oldestMs / DAY_MS) - FORGET_CHECK_DAYS],
    );
  }

  async #forgetJournal(
    table: JournalTable,
    { alertMs, alertsMax }: RetentionBounds,
  ): Promise<void> {
    const { name, time, closed, closedAt } = table;
    const journal = `${this.#database.schema}.${name}`;
    await this.#database.write(
      `DELETE FROM ${journal} WHERE ${closed} AND ${closedAt} < $1::timestamptz`,
      [timeText(alertMs)],
    );
    await this.#database.write(
      `DELETE FROM ${journal} WHERE id IN (SELECT id FROM ${journal} WHERE ${closed}
         ORDER BY ${time}, id COLLATE "C"
         LIMIT greatest(0, (SELECT count(*) FROM ${journal}) - $1::int))`,
      [alertsMax],
    );
  }
}

function cameLate(day: number, counted: number, rowsMax: number): Error {
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  return storeFailed(
    `Up to ${date} there are ${counted} results, and ${rowsMax} of them may go: some came late`,
    'Nothing is lost, and the next round takes them along.',
  );
}

interface JournalTable {
  name: 'alerts' | 'deliveries';
  time: string;
  /** Rows that may go. */
  closed: string;
  closedAt: string;
}

const JOURNAL: readonly JournalTable[] = [
  { name: 'alerts', time: 'fired_at', closed: `state = 'recovered'`, closedAt: 'closed_at' },
  { name: 'deliveries', time: 'created_at', closed: `state <> 'pending'`, closedAt: 'created_at' },
];
