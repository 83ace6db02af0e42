// Counts by bucket index, held for the occupied stretch only: latencies of one target span few of
// the buckets that a sketch knows. The caller bounds the index, and so the memory.

/** The stretch grows by whole blocks, so that it grows seldom. */
const BLOCK = 64;

export class BucketCounts {
  /** Index of the first bucket held; a multiple of BLOCK. */
  #start = 0;
  #counts = new Float64Array(0);

  add(index: number, count: number): void {
    if (index < this.#start || index >= this.#start + this.#counts.length) this.#cover(index);
    const place = index - this.#start;
    this.#counts[place] = (this.#counts[place] ?? 0) + count;
  }

  /** Occupied buckets in ascending order: [index, count]. A plain loop: stores call it for every row. */
  occupied(): (readonly [index: number, count: number])[] {
    const found: (readonly [index: number, count: number])[] = [];
    for (let place = 0; place < this.#counts.length; place += 1) {
      const count = this.#counts[place] ?? 0;
      if (count > 0) found.push([this.#start + place, count]);
    }
    return found;
  }

  #cover(index: number): void {
    const block = Math.floor(index / BLOCK) * BLOCK;
    const held = this.#counts.length;
    const start = held === 0 ? block : Math.min(this.#start, block);
    const end = held === 0 ? block + BLOCK : Math.max(this.#start + held, block + BLOCK);
    const counts = new Float64Array(end - start);
    if (held > 0) counts.set(this.#counts, this.#start - start);
    this.#start = start;
    this.#counts = counts;
  }
}
