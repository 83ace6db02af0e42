// The writing half: a batch is one transaction of rows, rollups and counts, so that what a rollup counts
// is exactly what is there. Nearly always all rows are new and go straight into their tables; when one is
// there already the batch goes by way of a table of its own, which tells the new from the old.

import { DAY_MS } from '../results/questions.ts';
import type { RowBatch } from '../rows/batch-encoder.ts';
import { copyIn } from './copy-in.ts';
import { type Client, type Database, query } from './database.ts';
import { Dictionaries, type Ids } from './dictionaries.ts';
import type { Partitions } from './partitions.ts';
import { addRollups } from './rollup-writer.ts';
import { copyRows, ROW_COLUMNS } from './row-form.ts';
import { CHECK_VIOLATION, codeOf, UNIQUE_VIOLATION } from './store-error.ts';

/** Counters of one day, so that servers that append at the same time do not wait for each other. */
const COUNTER_SLOTS = 16;
const ATTEMPTS_MAX = 5;

export class ResultWriter {
  readonly #database: Database;
  readonly #partitions: Partitions | undefined;
  readonly #dictionaries: Dictionaries;
  readonly #wallMs: () => number;

  /** `partitions` is absent where the server makes them itself. */
  constructor(database: Database, partitions: Partitions | undefined, wallMs: () => number) {
    this.#database = database;
    this.#partitions = partitions;
    this.#dictionaries = new Dictionaries(database);
    this.#wallMs = wallMs;
  }

  /** Returns the positions of the rows that were there already. Throws STORE_FAILED. */
  async append(batch: RowBatch): Promise<number[]> {
    const today = Math.floor(this.#wallMs() / DAY_MS);
    const ids = await this.#dictionaries.send(batch, today);
    const rows = inKeyOrder(batch, ids);
    const days = new Set(Array.from(rows, (row) => dayOf(batch, row)));
    for (let attempt = 1; ; attempt += 1) {
      await this.#partitions?.ensure(days, today);
      try {
        return await this.#appendRows(batch, ids, rows);
      } catch (error) {
        // Retention of another server dropped the day's table just now.
        const isDropped = codeOf((error as Error).cause) === CHECK_VIOLATION;
        if (!isDropped || attempt === ATTEMPTS_MAX) throw error;
        this.#partitions?.forget();
      }
    }
  }

  /** Drops all that is cached of the store's content. */
  forget(): void {
    this.#dictionaries.forget();
    this.#partitions?.forget();
  }

  async #appendRows(batch: RowBatch, ids: Ids, rows: Uint32Array): Promise<number[]> {
    let isRepeated = false;
    return this.#database.transaction(async (client) => {
      if (isRepeated) return this.#appendNew(client, batch, ids, rows);
      try {
        await this.#copy(client, `${this.#database.schema}.results`, batch, ids, rows);
      } catch (error) {
        if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
        isRepeated = true;
        await client.query('ROLLBACK; BEGIN');
        return this.#appendNew(client, batch, ids, rows);
      }
      await this.#count(client, batch, ids, rows);
      return [];
    });
  }

  /** Of rows some of which are there, or come twice. */
  async #appendNew(client: Client, batch: RowBatch, ids: Ids, rows: Uint32Array) {
    const { schema } = this.#database;
    await client.query(
      `CREATE TEMPORARY TABLE given (LIKE ${schema}.results, n serial) ON COMMIT DROP`,
    );
    await this.#copy(client, 'given', batch, ids, rows);
    const added = await query(
      client,
      `WITH added AS (INSERT INTO ${schema}.results (${ROW_COLUMNS})
         SELECT ${ROW_COLUMNS} FROM given ORDER BY check_id, planned_at, location_id, attempt, n
         ON CONFLICT DO NOTHING RETURNING check_id, planned_at, location_id, attempt)
       SELECT min(n) - 1 FROM given JOIN added USING (check_id, planned_at, location_id, attempt)
       GROUP BY check_id, planned_at, location_id, attempt ORDER BY 1`,
    );
    const fresh = Uint32Array.from(added, ([position]) => rows[Number(position)] ?? 0);
    const isNew = new Set(fresh);
    await this.#count(client, batch, ids, fresh);
    return [...rows].filter((row) => !isNew.has(row));
  }

  async #copy(client: Client, table: string, batch: RowBatch, ids: Ids, rows: Uint32Array) {
    const bytes = copyRows({ columns: batch.columns, rows }, ids.checks, ids.locations);
    await copyIn(client, `COPY ${table} (${ROW_COLUMNS}) FROM STDIN (FORMAT binary)`, bytes);
  }

  async #count(client: Client, batch: RowBatch, ids: Ids, rows: Uint32Array): Promise<void> {
    if (rows.length === 0) return;
    const { schema } = this.#database;
    await addRollups(client, schema, batch, rows, ids.checks);
    const days = new Map<number, number>();
    for (const row of rows) days.set(dayOf(batch, row), (days.get(dayOf(batch, row)) ?? 0) + 1);
    const counts = [...days].sort(([a], [b]) => a - b);
    await query(
      client,
      `INSERT INTO ${schema}.result_days AS known
       SELECT day, pg_backend_pid() % ${COUNTER_SLOTS}, row_count
       FROM unnest($1::int[], $2::bigint[]) AS given (day, row_count)
       ON CONFLICT (day, slot) DO UPDATE SET row_count = known.row_count + excluded.row_count`,
      [`{${counts.map(([day]) => day)}}`, `{${counts.map(([, count]) => count)}}`],
    );
  }
}

function dayOf({ columns }: RowBatch, row: number): number {
  return Math.floor((columns.plannedAtMs[row] ?? 0) / DAY_MS);
}

/** The positions of the rows, by key: every server inserts in this order, so that none waits in a circle. */
function inKeyOrder({ columns }: RowBatch, { checks, locations }: Ids): Uint32Array {
  const { check, location, plannedAtMs, attempt, count } = columns;
  const rows = Uint32Array.from({ length: count }, (_, index) => index);
  const checkOf = (row: number) => checks[check[row] ?? 0] ?? 0;
  const locationOf = (row: number) => locations[location[row] ?? 0] ?? 0;
  return rows.sort(
    (a, b) =>
      checkOf(a) - checkOf(b) ||
      (plannedAtMs[a] ?? 0) - (plannedAtMs[b] ?? 0) ||
      locationOf(a) - locationOf(b) ||
      (attempt[a] ?? 0) - (attempt[b] ?? 0) ||
      a - b,
  );
}
