// The slots in which checks have rows, in the order of time. One walk serves one question: the hours
// that hold any row are looked up once for all its checks, and only as far as it goes.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SLOTS_PER_HOUR, slotOf } from './slot-marks.ts';

export interface SlotWalkRange {
  /** Half open. */
  fromMs: number;
  toMs: number;
  descending: boolean;
}

export class SlotWalk {
  readonly #nextHour: StatementSync;
  readonly #slots: StatementSync;
  readonly #descending: boolean;
  readonly #firstSlot: number;
  readonly #lastSlot: number;
  /** As far as they were asked for, in the direction of the walk. */
  readonly #hours: number[] = [];

  constructor(database: DatabaseSync, { fromMs, toMs, descending }: SlotWalkRange) {
    this.#descending = descending;
    this.#firstSlot = slotOf(fromMs);
    this.#lastSlot = slotOf(Math.ceil(toMs) - 1);
    this.#nextHour = database.prepare(
      descending
        ? 'SELECT hour FROM slot_marks WHERE hour < ? ORDER BY hour DESC LIMIT 1'
        : 'SELECT hour FROM slot_marks WHERE hour > ? ORDER BY hour LIMIT 1',
    );
    this.#slots = database.prepare('SELECT slots FROM slot_marks WHERE hour = ? AND check_id = ?');
  }

  *slotsOf(checkId: number): Iterable<number> {
    for (let index = 0; ; index += 1) {
      const hour = this.#hourAt(index);
      if (hour === undefined) return;
      const marks = Number(this.#slots.get(hour, checkId)?.slots ?? 0);
      if (marks !== 0) yield* this.#marked(hour, marks);
    }
  }

  *#marked(hour: number, marks: number): Iterable<number> {
    for (let step = 0; step < SLOTS_PER_HOUR; step += 1) {
      const place = this.#descending ? SLOTS_PER_HOUR - 1 - step : step;
      const slot = hour * SLOTS_PER_HOUR + place;
      if ((marks >> place) & 1 && slot >= this.#firstSlot && slot <= this.#lastSlot) yield slot;
    }
  }

  /** Undefined beyond the range. */
  #hourAt(index: number): number | undefined {
    if (index < this.#hours.length) return this.#hours[index];
    const [first, last] = [this.#firstSlot, this.#lastSlot].map((slot) =>
      Math.floor(slot / SLOTS_PER_HOUR),
    ) as [number, number];
    const before = this.#hours[index - 1] ?? (this.#descending ? last + 1 : first - 1);
    const hour = this.#nextHour.get(before)?.hour;
    if (typeof hour !== 'number' || hour < first || hour > last) return undefined;
    this.#hours.push(hour);
    return hour;
  }
}
