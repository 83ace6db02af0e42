// Counts by bucket index, held for the occupied stretch only: latencies of one target span few of
// the buckets that a sketch knows. The caller bounds the index, and so the memory.

/** The stretch grows by whole blocks, so that it grows seldom. */
const BLOCK = 32;

export class BucketCounts {
  /** Index of the first bucket held; a multiple of BLOCK. */
  #start = 0;
  /** A plain list: stores make a sketch for every other row, and typed arrays are slow to make. */
  #counts: number[] = [];

  add(index: number, count: number): void {
    if (index < this.#start || index >= this.#start + this.#counts.length) this.#cover(index);
    const place = index - this.#start;
    this.#counts[place] = (this.#counts[place] ?? 0) + count;
  }

  /** Adds all that the other holds. */
  merge(other: BucketCounts): void {
    const counts = other.#counts;
    for (let place = 0; place < counts.length; place += 1) {
      const count = counts[place] ?? 0;
      if (count > 0) this.add(other.#start + place, count);
    }
  }

  /** Occupied buckets in ascending order, index and count in turns. */
  occupied(): number[] {
    const found: number[] = [];
    for (let place = 0; place < this.#counts.length; place += 1) {
      const count = this.#counts[place] ?? 0;
      if (count > 0) found.push(this.#start + place, count);
    }
    return found;
  }

  /** Index of the bucket that holds the value of this rank, counted from 0; undefined beyond the last. */
  indexOfRank(rank: number): number | undefined {
    let seen = 0;
    for (let place = 0; place < this.#counts.length; place += 1) {
      seen += this.#counts[place] ?? 0;
      if (seen > rank) return this.#start + place;
    }
    return undefined;
  }

  #cover(index: number): void {
    const block = Math.floor(index / BLOCK) * BLOCK;
    const held = this.#counts;
    const isFirst = held.length === 0;
    const start = isFirst ? block : Math.min(this.#start, block);
    const end = isFirst ? block + BLOCK : Math.max(this.#start + held.length, block + BLOCK);
    const counts = new Array<number>(end - start).fill(0);
    const shift = this.#start - start;
    for (let place = 0; place < held.length; place += 1) counts[place + shift] = held[place] ?? 0;
    this.#start = start;
    this.#counts = counts;
  }
}
