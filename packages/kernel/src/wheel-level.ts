// One circle of a TimerWheel: its slots, and a bit for each that is occupied, so that the first
// occupied slot is found without looking at the empty ones. Bits and slots must always agree.

/** What `schedule` hands out: a receipt for `cancel`. */
export interface WheelEntry<T> {
  readonly dueMs: number;
  readonly item: T;
}

/** An entry as the wheel sees it. */
export interface FiledEntry<T> extends WheelEntry<T> {
  /** Order of scheduling; decides among equal due times. */
  readonly sequence: number;
  /** Where it waits; undefined once it fired or was cancelled. */
  home: { remove(entry: FiledEntry<T>): void } | undefined;
}

/** The slots of one level are at most the bits of a word. */
export const SLOTS = 32;

export class WheelLevel<T> {
  readonly #slots: readonly WheelSlot<T>[];
  /** Bit i is set when slot i is occupied. */
  #occupied = 0;

  constructor() {
    const setOccupied = (index: number, occupied: boolean) => {
      if (occupied) this.#occupied |= 1 << index;
      else this.#occupied &= ~(1 << index);
    };
    this.#slots = Array.from({ length: SLOTS }, (_, index) => new WheelSlot(index, setOccupied));
  }

  /** The slot of a digit; the digit is cut to the level's bits. */
  slot(digit: number): WheelSlot<T> {
    return this.#slots[digit % SLOTS] as WheelSlot<T>;
  }

  /** The occupied slot of the lowest index. */
  first(): WheelSlot<T> | undefined {
    if (this.#occupied === 0) return undefined;
    return this.#slots[31 - Math.clz32(this.#occupied & -this.#occupied)];
  }
}

export class WheelSlot<T> {
  readonly index: number;
  readonly #setOccupied: (index: number, occupied: boolean) => void;
  readonly #entries = new Set<FiledEntry<T>>();
  /** No entry here is due before it. Exact until the earliest entry is cancelled. */
  earliestMs = Number.POSITIVE_INFINITY;

  constructor(index: number, setOccupied: (index: number, occupied: boolean) => void) {
    this.index = index;
    this.#setOccupied = setOccupied;
  }

  add(entry: FiledEntry<T>): void {
    this.#entries.add(entry);
    entry.home = this;
    this.earliestMs = Math.min(this.earliestMs, entry.dueMs);
    this.#setOccupied(this.index, true);
  }

  remove(entry: FiledEntry<T>): void {
    this.#entries.delete(entry);
    entry.home = undefined;
    if (this.#entries.size === 0) this.#empty();
  }

  /** Takes all entries out, in no order. */
  drain(): FiledEntry<T>[] {
    const entries = [...this.#entries];
    this.#entries.clear();
    this.#empty();
    return entries;
  }

  #empty(): void {
    this.earliestMs = Number.POSITIVE_INFINITY;
    this.#setOccupied(this.index, false);
  }
}
