// The tables, as an ordered list of migrations; `user_version` counts those that ran. Each runs in a
// transaction of its own. A migration that was released is never edited, only followed by another,
// and a store from a newer Holdfast is never touched.

import type { DatabaseSync } from 'node:sqlite';
import { HoldfastError } from '@holdfast/kernel';

export type Migration = (database: DatabaseSync) => void;

/**
 * Results cluster by check and time, until `clusterBySlot`. Rollups cluster by time: all checks of the running minute lie side by side, so
 * that a transaction that touches every check rewrites few pages; old ones leave page by page.
 */
function createTables(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE checks (
      id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL,
      seen_day INTEGER NOT NULL, UNIQUE (namespace, name)) STRICT;
    CREATE TABLE locations (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE templates (
      id INTEGER PRIMARY KEY, until_ms INTEGER NOT NULL, chain TEXT NOT NULL,
      text TEXT NOT NULL) STRICT;
    CREATE INDEX templates_by_until ON templates (until_ms);
    CREATE TABLE certificates (
      fingerprint TEXT PRIMARY KEY, until_ms INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
    CREATE TABLE results (
      check_id INTEGER NOT NULL, planned_ms INTEGER NOT NULL, location_id INTEGER NOT NULL,
      attempt INTEGER NOT NULL, status INTEGER NOT NULL, total_ms REAL NOT NULL,
      template_id INTEGER NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY (check_id, planned_ms, location_id, attempt)) STRICT, WITHOUT ROWID;
    CREATE TABLE minutes (${ROLLUP_COLUMNS}) STRICT, WITHOUT ROWID;
    CREATE TABLE hours (${ROLLUP_COLUMNS}) STRICT, WITHOUT ROWID;
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
    INSERT INTO counters VALUES ('raw_rows', 0);
    CREATE TABLE alerts (
      id TEXT PRIMARY KEY, fired_ms INTEGER NOT NULL, state TEXT NOT NULL,
      record TEXT NOT NULL) STRICT;
    CREATE INDEX alerts_by_time ON alerts (fired_ms);
    CREATE INDEX alerts_open ON alerts (fired_ms) WHERE state = 'firing';
    CREATE TABLE deliveries (
      id TEXT PRIMARY KEY, alert_id TEXT NOT NULL, created_ms INTEGER NOT NULL,
      state TEXT NOT NULL, record TEXT NOT NULL) STRICT;
    CREATE INDEX deliveries_by_alert ON deliveries (alert_id, created_ms);
    CREATE INDEX deliveries_pending ON deliveries (created_ms) WHERE state = 'pending';
  `);
}

const ROLLUP_COLUMNS = `
  start_ms INTEGER NOT NULL, check_id INTEGER NOT NULL, up INTEGER NOT NULL,
  down INTEGER NOT NULL, timeout INTEGER NOT NULL, invalid INTEGER NOT NULL, sketch BLOB,
  PRIMARY KEY (start_ms, check_id)`;

/** Latency by code, see code-sketches: buckets from before have none. Deliveries by age, to forget them. */
function addCodes(database: DatabaseSync): void {
  for (const table of ['minutes', 'hours']) {
    database.exec(`ALTER TABLE ${table} ADD COLUMN up_code TEXT`);
    database.exec(`ALTER TABLE ${table} ADD COLUMN codes BLOB`);
  }
  database.exec('CREATE INDEX deliveries_by_time ON deliveries (created_ms)');
}

/**
 * Results by slots of five minutes, then by check: a transaction writes a few full pages instead of
 * one for every check, and the runs of a check are a short walk in each slot that `slot_marks` names.
 * Rows that are there wait in `results_by_check` to be moved, see move-results.
 */
function clusterBySlot(database: DatabaseSync): void {
  database.exec('ALTER TABLE results RENAME TO results_by_check');
  if (database.prepare('SELECT 1 FROM results_by_check LIMIT 1').get() === undefined)
    database.exec('DROP TABLE results_by_check');
  database.exec(`
    CREATE TABLE results (
      slot INTEGER NOT NULL, check_id INTEGER NOT NULL, planned_ms INTEGER NOT NULL,
      location_id INTEGER NOT NULL, attempt INTEGER NOT NULL, status INTEGER NOT NULL,
      total_ms REAL NOT NULL, template_id INTEGER NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY (slot, check_id, planned_ms, location_id, attempt)) STRICT, WITHOUT ROWID;
    CREATE TABLE slot_marks (
      hour INTEGER NOT NULL, check_id INTEGER NOT NULL, slots INTEGER NOT NULL,
      PRIMARY KEY (hour, check_id)) STRICT, WITHOUT ROWID;
  `);
}

/** Oldest first. The first is the base, all others change what stands. */
export const MIGRATIONS: readonly Migration[] = [createTables, addCodes, clusterBySlot];

export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** Brings the store to the newest version known; throws STORE_TOO_NEW for one beyond it. */
export function migrate(database: DatabaseSync, migrations = MIGRATIONS): void {
  const version = schemaVersion(database);
  if (version > migrations.length) throw tooNew(version, migrations.length);
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    database.exec('BEGIN IMMEDIATE');
    try {
      migration(database);
      database.exec(`PRAGMA user_version = ${index + 1}`);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
}

function tooNew(version: number, known: number): HoldfastError {
  return new HoldfastError(
    'STORE_TOO_NEW',
    `The store has schema version ${version}, this Holdfast knows up to ${known}`,
    'Run the newer Holdfast that wrote it, or give this one another place with --data DIR.',
  );
}
