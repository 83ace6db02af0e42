// The tables of the PostgreSQL engine, as an ordered list of migrations. Each runs in a transaction of its
// own under a lock of the whole database, so that of several servers that start at once one migrates and the others
// find it done. A migration that was released is never edited, only followed by another, and a store
// from a newer Holdfast is never touched.

import { HoldfastError } from '@holdfast/kernel';
import { type Client, type Database, query } from './database.ts';
import { createViews } from './schema-views.ts';
import { makeHypertables } from './timescale.ts';

export interface MigrationContext {
  client: Client;
  /** As an identifier. */
  schema: string;
  timescale: boolean;
}

export type Migration = (context: MigrationContext) => Promise<void>;

/** Classes of advisory locks: two numbers name one, the second is of the schema. */
const MIGRATION_LOCK = 0x486f6c64;
export const PARTITION_LOCK = 0x486f6c65;

/** A number for advisory locks, the same in every server. */
export const SCHEMA_HASH = (schema: string) => `hashtext('${schema.replaceAll("'", "''")}')`;

const ROLLUP_COLUMNS = `
  start_at timestamptz NOT NULL, check_id int NOT NULL, up int NOT NULL, down int NOT NULL,
  timeout int NOT NULL, invalid int NOT NULL, sketch bytea, up_code text, codes bytea,
  PRIMARY KEY (start_at, check_id)`;

/**
 * Raw rows and minutes by day, so that old ones leave by dropping a table. A bucket is written again and
 * again while its time runs: room in its page keeps those versions off the index.
 */
async function createTables({ client, schema, timescale }: MigrationContext): Promise<void> {
  const byDay = (column: string) => (timescale ? '' : `PARTITION BY RANGE (${column})`);
  const room = timescale ? '' : 'WITH (fillfactor = 60)';
  await client.query(`
    CREATE TABLE ${schema}.checks (
      id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, namespace text NOT NULL, name text NOT NULL,
      seen_day int NOT NULL, UNIQUE (namespace, name));
    CREATE TABLE ${schema}.locations (
      id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
    CREATE SEQUENCE ${schema}.template_ranges MINVALUE 0 MAXVALUE 2097151;
    CREATE TABLE ${schema}.templates (
      id bigint PRIMARY KEY, until_at timestamptz NOT NULL, chain text[] NOT NULL,
      tree text NOT NULL, paths text NOT NULL);
    CREATE INDEX templates_by_until ON ${schema}.templates (until_at);
    CREATE TABLE ${schema}.certificates (
      fingerprint text PRIMARY KEY, until_at timestamptz NOT NULL, facts text NOT NULL);
    CREATE TABLE ${schema}.results (
      planned_at timestamptz NOT NULL, check_id int NOT NULL, location_id int NOT NULL,
      attempt int NOT NULL, status smallint NOT NULL, template_id bigint NOT NULL,
      total_ms float8 NOT NULL, started_ms float8 NOT NULL, schedule_lag_ms float8 NOT NULL,
      loop_lag_ms float8 NOT NULL, phases int[], odd_phases text, patch text,
      PRIMARY KEY (check_id, planned_at, location_id, attempt)) ${byDay('planned_at')};
    CREATE INDEX results_by_time ON ${schema}.results USING brin (planned_at)
      WITH (pages_per_range = 32, autosummarize = on);
    CREATE TABLE ${schema}.result_days (
      day int NOT NULL, slot int NOT NULL, row_count bigint NOT NULL, PRIMARY KEY (day, slot))
      WITH (fillfactor = 20);
    CREATE TABLE ${schema}.minutes (${ROLLUP_COLUMNS}) ${byDay('start_at')};
    CREATE TABLE ${schema}.hours (${ROLLUP_COLUMNS}) ${room};
    CREATE INDEX minutes_by_check ON ${schema}.minutes (check_id, start_at);
    CREATE INDEX hours_by_check ON ${schema}.hours (check_id, start_at);
    CREATE TABLE ${schema}.alerts (
      id text PRIMARY KEY, fired_at timestamptz NOT NULL, closed_at timestamptz NOT NULL,
      state text NOT NULL, record text NOT NULL);
    CREATE INDEX alerts_by_time ON ${schema}.alerts (fired_at);
    CREATE INDEX alerts_open ON ${schema}.alerts (fired_at) WHERE state = 'firing';
    CREATE TABLE ${schema}.deliveries (
      id text PRIMARY KEY, alert_id text NOT NULL, created_at timestamptz NOT NULL,
      state text NOT NULL, record text NOT NULL);
    CREATE INDEX deliveries_by_alert ON ${schema}.deliveries (alert_id, created_at);
    CREATE INDEX deliveries_by_time ON ${schema}.deliveries (created_at);
    CREATE INDEX deliveries_pending ON ${schema}.deliveries (created_at) WHERE state = 'pending';
  `);
  if (timescale) await makeHypertables(client, schema);
}

/** Oldest first. The first two are the base, all others change what stands. */
export const MIGRATIONS: readonly Migration[] = [createTables, createViews];

/** Brings the schema to the newest version known and returns it; throws STORE_TOO_NEW for one beyond. */
export async function migrate(
  database: Database,
  timescale: boolean,
  migrations = MIGRATIONS,
): Promise<number> {
  const { schema } = database;
  let version = await database.startingTransaction((client) => schemaVersion(client, schema));
  while (version < migrations.length)
    version = await database.startingTransaction((client) =>
      migrateOnce({ client, schema, timescale }, migrations),
    );
  if (version > migrations.length) throw tooNew(version, migrations.length);
  return version;
}

async function migrateOnce(context: MigrationContext, migrations: readonly Migration[]) {
  const { client, schema } = context;
  await query(client, `SELECT pg_advisory_xact_lock(${MIGRATION_LOCK}, ${SCHEMA_HASH(schema)})`);
  const version = await schemaVersion(client, schema);
  const migration = migrations[version];
  // Another server did it while this one waited for the lock.
  if (migration === undefined) return version;
  if (version === 0) {
    await query(client, `CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await query(client, `CREATE TABLE ${schema}.schema_version (version int NOT NULL)`);
    await query(client, `INSERT INTO ${schema}.schema_version VALUES (0)`);
  }
  await migration(context);
  await query(client, `UPDATE ${schema}.schema_version SET version = ${version + 1}`);
  return version + 1;
}

/** 0 where there is nothing yet. */
async function schemaVersion(client: Client, schema: string): Promise<number> {
  if (!(await hasTable(client, schema, 'schema_version'))) return 0;
  const [row] = await query(client, `SELECT version FROM ${schema}.schema_version`);
  return Number(row?.[0] ?? 0);
}

/**
 * Asks the catalogue itself: `to_regclass` may answer from what this connection remembers of a time
 * before it waited for a lock.
 */
export async function hasTable(client: Client, schema: string, table: string): Promise<boolean> {
  const rows = await query(
    client,
    `SELECT 1 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [schema.replace(/^"(.*)"$/, '$1'), table],
  );
  return rows.length > 0;
}

function tooNew(version: number, known: number): HoldfastError {
  return new HoldfastError(
    'STORE_TOO_NEW',
    `The store has schema version ${version}, this Holdfast knows up to ${known}`,
    'Run the newer Holdfast that wrote it, or give this one another database.',
  );
}
