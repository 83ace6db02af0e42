// The reading half, in its worker: answers as columns, in pieces whose size the caller bounds. It
// must never write, so that it can run on a connection that could not.

import { statSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { CheckReference } from '@holdfast/resources/result';
import type { Usage } from '../results/results.ts';
import { type RowPage, TIME_MS_MAX } from '../rows/row-columns.ts';
import { RowPageBuilder } from './row-page-builder.ts';
import { schemaVersion } from './schema.ts';
import { SlotWalk } from './slot-walk.ts';

const ROW_COLUMNS = 'planned_ms, location_id, attempt, status, total_ms, template_id, body';

export interface SeriesRequest {
  check: CheckReference;
  fromMs: number;
  toMs: number;
  /** Bit i = the status at position i of STATUSES. */
  statusBits: number;
  descending: boolean;
  limit: number;
}

/** Every run there may be. */
const NEWEST_FIRST = { fromMs: 0, toMs: TIME_MS_MAX + 1, statusBits: 0b1111, descending: true };

export interface LatestRequest {
  checks: readonly CheckReference[];
  perCheck: number;
}

export class StoreReader {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #checkId: StatementSync;
  readonly #ascending: StatementSync;
  readonly #descending: StatementSync;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#checkId = database.prepare('SELECT id FROM checks WHERE namespace = ? AND name = ?');
    const range = (order: string) => `SELECT ${ROW_COLUMNS} FROM results
      WHERE slot = ? AND check_id = ? AND planned_ms >= ? AND planned_ms < ? AND (? >> status) & 1
      ORDER BY planned_ms ${order}, location_id ${order}, attempt ${order} LIMIT ?`;
    this.#ascending = database.prepare(range('ASC'));
    this.#descending = database.prepare(range('DESC'));
    for (const statement of [this.#ascending, this.#descending]) statement.setReturnArrays(true);
  }

  /** All of them, by namespace and name. */
  checks(): CheckReference[] {
    const sql = 'SELECT namespace, name FROM checks ORDER BY namespace, name';
    const rows = this.#database.prepare(sql).all();
    return rows.map((row) => ({ namespace: String(row.namespace), check: String(row.name) }));
  }

  checkId({ namespace, check }: CheckReference): number | undefined {
    const id = this.#checkId.get(namespace, check)?.id;
    return id === undefined ? undefined : Number(id);
  }

  series(request: SeriesRequest): RowPage {
    const page = new RowPageBuilder(this.#database, request.limit);
    const id = this.checkId(request.check);
    if (id === undefined) return page.finish();
    this.#addRows(page, new SlotWalk(this.#database, request), id, request);
    return page.finish();
  }

  latest({ checks, perCheck }: LatestRequest): RowPage {
    const page = new RowPageBuilder(this.#database, checks.length * perCheck);
    const walk = new SlotWalk(this.#database, NEWEST_FIRST);
    for (const check of checks) {
      const id = this.checkId(check);
      const request = { check, ...NEWEST_FIRST, limit: perCheck };
      if (id !== undefined) this.#addRows(page, walk, id, request);
    }
    return page.finish();
  }

  /** All but what was shed, which only the other side knows. */
  usage(): Omit<Usage, 'shed'> {
    const counted = this.#database
      .prepare(`SELECT value FROM counters WHERE name = 'raw_rows'`)
      .get();
    const oldest = this.#database
      .prepare(
        `SELECT min((SELECT planned_ms FROM results WHERE slot = oldest.slot AND check_id = checks.id
                     ORDER BY planned_ms LIMIT 1)) AS ms
         FROM (SELECT min(slot) AS slot FROM results) AS oldest CROSS JOIN checks`,
      )
      .get();
    return {
      bytes: this.#bytes(),
      rawRows: Number(counted?.value ?? 0),
      ...(typeof oldest?.ms === 'number' ? { oldestMs: oldest.ms } : {}),
      schemaVersion: schemaVersion(this.#database),
    };
  }

  /** Slot by slot, until there are enough. */
  #addRows(page: RowPageBuilder, walk: SlotWalk, id: number, request: SeriesRequest): void {
    const { check, fromMs, toMs, statusBits, descending, limit } = request;
    const position = page.addCheck(check);
    const statement = descending ? this.#descending : this.#ascending;
    let left = limit;
    for (const slot of walk.slotsOf(id)) {
      const rows = statement.all(slot, id, fromMs, toMs, statusBits, left);
      // The statement returns arrays; its type does not know.
      page.addRows(position, rows as unknown as SQLOutputValue[][]);
      left -= rows.length;
      if (left <= 0) return;
    }
  }

  #bytes(): number {
    if (this.#database.location() === null) {
      const read = (name: string) =>
        Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
      return read('page_count') * read('page_size');
    }
    const size = (suffix: string) =>
      statSync(this.#path + suffix, { throwIfNoEntry: false })?.size ?? 0;
    return size('') + size('-wal');
  }
}
