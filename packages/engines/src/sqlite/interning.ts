// Names to small numbers: checks and locations are kept once. A bounded cache answers nearly all;
// it only ever holds what is committed or part of the running transaction, and is dropped with it.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CheckReference } from '@holdfast/resources/result';
import { checkText } from '../rows/row-columns.ts';

const NAMES_MAX = 50_000;

export class Interning {
  readonly #addCheck: StatementSync;
  readonly #addLocation: StatementSync;
  readonly #checks = new Map<string, { id: number; seenDay: number }>();
  readonly #locations = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#addCheck = database.prepare(
      `INSERT INTO checks (namespace, name, seen_day) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET seen_day = max(seen_day, excluded.seen_day)
       RETURNING id, seen_day AS seenDay`,
    );
    this.#addLocation = database.prepare(
      'INSERT INTO locations (name) VALUES (?) ON CONFLICT DO UPDATE SET name = name RETURNING id',
    );
  }

  /** `day` of a run of it, since 1970: retention forgets a check that was long not seen. */
  checkId(check: CheckReference, day: number): number {
    const text = checkText(check);
    const known = this.#checks.get(text);
    if (known !== undefined && known.seenDay >= day) return known.id;
    const row = this.#addCheck.get(check.namespace, check.check, day);
    const entry = { id: Number(row?.id), seenDay: Number(row?.seenDay) };
    if (this.#checks.size >= NAMES_MAX) this.#checks.clear();
    this.#checks.set(text, entry);
    return entry.id;
  }

  locationId(name: string): number {
    const known = this.#locations.get(name);
    if (known !== undefined) return known;
    const id = Number(this.#addLocation.get(name)?.id);
    if (this.#locations.size >= NAMES_MAX) this.#locations.clear();
    this.#locations.set(name, id);
    return id;
  }

  forget(): void {
    this.#checks.clear();
    this.#locations.clear();
  }
}
