// The AlertJournal contract on PostgreSQL: records as JSON text, with columns beside them only for what is
// asked by. A record is committed when its promise resolves.

import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { AlertJournal } from '../alert-journal/alert-journal.ts';
import { assertRecent } from '../results/questions.ts';
import type { Database } from './database.ts';

/** Far more than are ever open or pending; a bound, not a page size. */
const ROWS_MAX = 10_000;

export class PostgresJournal implements AlertJournal {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  open(): Promise<AlertRecord[]> {
    return this.#read(`alerts WHERE state = 'firing' ORDER BY fired_at, id LIMIT ${ROWS_MAX}`);
  }

  async recent(limit: number): Promise<AlertRecord[]> {
    assertRecent(limit);
    return this.#read(`alerts ORDER BY fired_at DESC, id COLLATE "C" DESC LIMIT ${limit}`);
  }

  async save(record: AlertRecord): Promise<void> {
    const { id, firedAtMs, recoveredAtMs = firedAtMs, state } = record;
    const times = [firedAtMs, recoveredAtMs].map((ms) => new Date(ms).toISOString());
    await this.#database.write(
      `INSERT INTO ${this.#database.schema}.alerts VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO UPDATE SET fired_at = excluded.fired_at, closed_at = excluded.closed_at,
         state = excluded.state, record = excluded.record`,
      [id, ...times, state, JSON.stringify(record)],
    );
  }

  pending(): Promise<AlertDelivery[]> {
    return this.#read(
      `deliveries WHERE state = 'pending' ORDER BY created_at, id COLLATE "C" LIMIT ${ROWS_MAX}`,
    );
  }

  async saveDelivery(delivery: AlertDelivery): Promise<void> {
    const { id, alertId, createdAtMs, state } = delivery;
    await this.#database.write(
      `INSERT INTO ${this.#database.schema}.deliveries VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO UPDATE SET alert_id = excluded.alert_id,
         created_at = excluded.created_at, state = excluded.state, record = excluded.record`,
      [id, alertId, new Date(createdAtMs).toISOString(), state, JSON.stringify(delivery)],
    );
  }

  deliveries(alertId: string): Promise<AlertDelivery[]> {
    return this.#read(
      `deliveries WHERE alert_id = $1 ORDER BY created_at, id COLLATE "C" LIMIT ${ROWS_MAX}`,
      [alertId],
    );
  }

  async #read<T>(rest: string, values: string[] = []): Promise<T[]> {
    const { schema } = this.#database;
    const rows = await this.#database.read(`SELECT record FROM ${schema}.${rest}`, values);
    return rows.map(([record]) => JSON.parse(record ?? 'null'));
  }
}
