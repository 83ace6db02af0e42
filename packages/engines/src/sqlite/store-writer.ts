// The writing half, in its worker: a batch is one transaction of dictionaries, rows and rollups, so
// that what a rollup counts is exactly what is there. A batch that failed leaves no trace, and after
// it only a batch that relies on nothing sent before is taken.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../results/questions.ts';
import type { RowBatch } from '../rows/batch-encoder.ts';
import type { RowColumns } from '../rows/row-columns.ts';
import { storeFailed } from '../rows/store-failed.ts';
import { Interning } from './interning.ts';
import { RollupCache } from './rollup-cache.ts';
import { inKeyOrder } from './row-order.ts';
import { SlotMarks, slotOf } from './slot-marks.ts';

export class StoreWriter {
  readonly #database: DatabaseSync;
  readonly #interning: Interning;
  readonly #marks: SlotMarks;
  readonly #minutes: RollupCache;
  readonly #hours: RollupCache;
  readonly #addTemplate: StatementSync;
  readonly #addCertificate: StatementSync;
  readonly #addResult: StatementSync;
  readonly #countRows: StatementSync;
  #needsFresh = true;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#interning = new Interning(database);
    this.#marks = new SlotMarks(database);
    this.#minutes = new RollupCache(database, 'minutes', MINUTE_MS);
    this.#hours = new RollupCache(database, 'hours', HOUR_MS);
    this.#addTemplate = database.prepare(
      'INSERT INTO templates (id, until_ms, chain, text) VALUES (?, ?, ?, ?)',
    );
    this.#addCertificate = database.prepare(
      `INSERT INTO certificates (fingerprint, until_ms, text) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)`,
    );
    this.#addResult = database.prepare(
      'INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#countRows = database.prepare(
      `UPDATE counters SET value = value + ? WHERE name = 'raw_rows'`,
    );
  }

  nextTemplateId(): number {
    const row = this.#database.prepare('SELECT max(id) AS id FROM templates').get();
    return Number(row?.id ?? 0) + 1;
  }

  /** Returns the positions of the rows that were there already. */
  append(batch: RowBatch): number[] {
    if (this.#needsFresh && !batch.fresh)
      throw storeFailed('The batch relies on one that was not written', 'Append it again.');
    this.#needsFresh = true;
    const duplicates = this.transaction(() => this.#write(batch));
    this.#needsFresh = false;
    return duplicates;
  }

  /** Runs it in a transaction; when it throws, nothing of it stays, here or on disk. */
  transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // Some failures, a full disk for one, have rolled back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.forget();
      throw error;
    }
  }

  /** Drops all that is cached of the store's content. */
  forget(): void {
    this.#interning.forget();
    this.#marks.forget();
    this.#minutes.forget();
    this.#hours.forget();
  }

  #write(batch: RowBatch): number[] {
    const { columns, templates, certificates } = batch;
    for (const { id, untilMs, chain, text } of templates)
      this.#addTemplate.run(id, untilMs, chain, text);
    for (const { fingerprint, untilMs, text } of certificates)
      this.#addCertificate.run(fingerprint, untilMs, text);
    const duplicates = this.#writeRows(batch);
    this.#minutes.flush();
    this.#hours.flush();
    this.#countRows.run(columns.count - duplicates.length);
    return duplicates;
  }

  #writeRows({ columns, codes, code }: RowBatch): number[] {
    const day = lastDay(columns);
    const checkIds = columns.checks.map((check) => this.#interning.checkId(check, day));
    const locationIds = columns.locations.map((name) => this.#interning.locationId(name));
    const duplicates: number[] = [];
    for (const row of inKeyOrder(columns, checkIds)) {
      const checkId = checkIds[columns.check[row] ?? 0] ?? 0;
      const locationId = locationIds[columns.location[row] ?? 0] ?? 0;
      if (this.#writeRow(columns, row, checkId, locationId))
        this.#count(columns, row, checkId, codes[code[row] ?? 0] || undefined);
      else duplicates.push(row);
    }
    return duplicates;
  }

  /** False when the key is there already. */
  #writeRow(columns: RowColumns, row: number, checkId: number, locationId: number): boolean {
    const plannedAtMs = columns.plannedAtMs[row] ?? 0;
    const status = columns.status[row] ?? 0;
    const totalMs = columns.totalMs[row] ?? 0;
    const bodyStart = row === 0 ? 0 : columns.bodyEnd[row - 1];
    const body = columns.bodies.subarray(bodyStart, columns.bodyEnd[row]);
    const attempt = columns.attempt[row] ?? 0;
    const template = columns.template[row] ?? 0;
    const slot = slotOf(plannedAtMs);
    this.#marks.mark(checkId, slot);
    const { changes } = this.#addResult.run(
      slot,
      checkId,
      plannedAtMs,
      locationId,
      attempt,
      status,
      totalMs,
      template,
      body,
    );
    return changes !== 0;
  }

  #count(columns: RowColumns, row: number, checkId: number, code: string | undefined): void {
    const plannedAtMs = columns.plannedAtMs[row] ?? 0;
    const status = columns.status[row] ?? 0;
    const totalMs = columns.totalMs[row] ?? 0;
    this.#minutes.add(checkId, plannedAtMs, status, totalMs, code);
    this.#hours.add(checkId, plannedAtMs, status, totalMs, code);
  }
}

function lastDay(columns: RowColumns): number {
  const lastMs = columns.plannedAtMs.reduce((most, each) => Math.max(most, each), 0);
  return Math.floor(lastMs / DAY_MS);
}
