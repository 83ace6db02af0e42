// Where the rows of a check lie. Rows stand by slots of five minutes, so that what is written in one
// go lies side by side; a mark tells in which slots of an hour a check has rows, and spares a reader
// all others. A mark may outlive its rows, but no row may ever be without its mark.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

export const SLOT_MS = 300_000;
export const SLOTS_PER_HOUR = 12;
/** Checks whose newest mark is remembered; any other is only marked again. */
const CHECKS_MAX = 50_000;

export function slotOf(plannedAtMs: number): number {
  return Math.floor(plannedAtMs / SLOT_MS);
}

export class SlotMarks {
  readonly #mark: StatementSync;
  /** The slot of each check that was marked last. */
  readonly #marked = new Map<number, number>();

  constructor(database: DatabaseSync) {
    this.#mark = database.prepare(
      `INSERT INTO slot_marks VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET slots = slots | excluded.slots`,
    );
  }

  /** As part of the running transaction. */
  mark(checkId: number, slot: number): void {
    if (this.#marked.get(checkId) === slot) return;
    this.#mark.run(Math.floor(slot / SLOTS_PER_HOUR), checkId, 1 << (slot % SLOTS_PER_HOUR));
    if (this.#marked.size >= CHECKS_MAX) this.#marked.clear();
    this.#marked.set(checkId, slot);
  }

  /** Must be called when a transaction failed or marks were deleted. */
  forget(): void {
    this.#marked.clear();
  }
}
