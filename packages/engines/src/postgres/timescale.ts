// The tables as hypertables of TimescaleDB, where the server has it: it makes and compresses the tables of
// days by itself. What is old goes when we say so and not by a policy of the server, so that nothing
// leaves before the archive has it. Written by the documented API of 2.11 and later.

import { DAY_MS } from '../results/questions.ts';
import { type Client, type Database, query } from './database.ts';
import type { DailyTable } from './partitions.ts';
import { timeText } from './result-reader.ts';

/** From here on rows can be added to what is compressed, changed and deleted there. */
const VERSION_MIN = [2, 11] as const;
/** Late rows come within this; adding to what is compressed costs more. */
const COMPRESS_AFTER = '2 days';

/** What stands decides; where nothing stands, what the server has. */
export async function choosesTimescale(client: Client, schemaName: string): Promise<boolean> {
  const [standing] = await query(
    client,
    `SELECT c.relkind = 'r' FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = 'results'`,
    [schemaName],
  );
  if (standing !== undefined) return standing[0] === 't';
  const [extension] = await query(
    client,
    `SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'`,
  );
  const [major = 0, minor = 0] = (extension?.[0] ?? '0.0').split('.').map(Number);
  return major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
}

/** As part of the migration that made the tables. */
export async function makeHypertables(client: Client, schema: string): Promise<void> {
  for (const [table, column] of [
    ['results', 'planned_at'],
    ['minutes', 'start_at'],
  ])
    await query(
      client,
      `SELECT create_hypertable('${schema}.${table}', '${column}',
         chunk_time_interval => INTERVAL '1 day', create_default_indexes => false)`,
    );
  await query(
    client,
    `ALTER TABLE ${schema}.results SET (timescaledb.compress,
       timescaledb.compress_segmentby = 'check_id',
       timescaledb.compress_orderby = 'planned_at, location_id, attempt')`,
  );
  await query(
    client,
    `SELECT add_compression_policy('${schema}.results', INTERVAL '${COMPRESS_AFTER}')`,
  );
}

/** Runs by place, kept up to date by the server itself. */
export async function makeContinuousAggregate(client: Client, schema: string): Promise<void> {
  await query(
    client,
    `CREATE MATERIALIZED VIEW ${schema}.location_hours
     WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
     SELECT time_bucket(INTERVAL '1 hour', planned_at) AS start_at, check_id, location_id, status,
       count(*) AS runs, avg(total_ms) AS mean_ms
     FROM ${schema}.results GROUP BY 1, 2, 3, 4 WITH NO DATA`,
  );
  await query(
    client,
    `SELECT add_continuous_aggregate_policy('${schema}.location_hours',
       start_offset => INTERVAL '3 days', end_offset => INTERVAL '1 hour',
       schedule_interval => INTERVAL '30 minutes')`,
  );
}

export class Hypertables {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Of the chunks that stand, oldest first, in days since 1970. */
  async days(table: DailyTable): Promise<number[]> {
    const rows = await this.#database.read(
      `SELECT extract(epoch FROM range_start)::int8 / 86400 FROM timescaledb_information.chunks
       WHERE format('%I.%I', hypertable_schema, hypertable_name) = $1::regclass::text ORDER BY 1`,
      [`${this.#database.schema}.${table}`],
    );
    return rows.map(([day]) => Number(day));
  }

  /** Drops the day and all that are older. */
  async drop(client: Client, table: DailyTable, day: number): Promise<void> {
    await query(
      client,
      `SELECT drop_chunks('${this.#database.schema}.${table}', older_than => $1::timestamptz)`,
      [timeText((day + 1) * DAY_MS)],
    );
  }

  async bytes(): Promise<number> {
    const { schema } = this.#database;
    const [row] = await this.#database.read(
      `SELECT hypertable_size('${schema}.results') + hypertable_size('${schema}.minutes')`,
    );
    return Number(row?.[0] ?? 0);
  }
}
