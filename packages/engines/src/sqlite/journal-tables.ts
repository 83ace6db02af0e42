// The alert journal's tables: records as JSON text, with columns beside them only for what is asked
// by. Writing is one transaction per record; there are few, and each must last.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';

/** Far more than are ever open or pending; a bound, not a page size. */
const ROWS_MAX = 10_000;

export class JournalWriter {
  readonly #saveAlert: StatementSync;
  readonly #saveDelivery: StatementSync;

  constructor(database: DatabaseSync) {
    this.#saveAlert = database.prepare('INSERT OR REPLACE INTO alerts VALUES (?, ?, ?, ?)');
    this.#saveDelivery = database.prepare(
      'INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?)',
    );
  }

  saveAlert(record: AlertRecord): void {
    this.#saveAlert.run(record.id, record.firedAtMs, record.state, JSON.stringify(record));
  }

  saveDelivery(delivery: AlertDelivery): void {
    const { id, alertId, createdAtMs, state } = delivery;
    this.#saveDelivery.run(id, alertId, createdAtMs, state, JSON.stringify(delivery));
  }
}

export class JournalReader {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  openAlerts(): AlertRecord[] {
    return this.#read(`alerts WHERE state = 'firing' ORDER BY fired_ms, id LIMIT ${ROWS_MAX}`);
  }

  recentAlerts(limit: number): AlertRecord[] {
    return this.#read('alerts ORDER BY fired_ms DESC, id DESC LIMIT ?', limit);
  }

  pendingDeliveries(): AlertDelivery[] {
    return this.#read(
      `deliveries WHERE state = 'pending' ORDER BY created_ms, id LIMIT ${ROWS_MAX}`,
    );
  }

  deliveries(alertId: string): AlertDelivery[] {
    return this.#read(
      `deliveries WHERE alert_id = ? ORDER BY created_ms, id LIMIT ${ROWS_MAX}`,
      alertId,
    );
  }

  #read<T>(rest: string, ...bound: (string | number)[]): T[] {
    const rows = this.#database.prepare(`SELECT record FROM ${rest}`).all(...bound);
    return rows.map((row) => JSON.parse(String(row.record)));
  }
}
