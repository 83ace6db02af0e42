// Quantiles of latencies in bounded memory: buckets whose bounds grow by a constant factor, so that
// every value is told to within 1 % of itself (DDSketch; Masson, Rim, Lee 2019). Sketches add up:
// merging the minutes gives the sketch of the hour. It must never keep single values.

import { BucketCounts } from './bucket-counts.ts';
import { HoldfastError } from './error.ts';
import { checkedQuantile } from './quantile.ts';
import { decodeSketch, encodeSketch } from './sketch-encoding.ts';

/** |told - true| <= 0.01 · true. */
const RELATIVE_ERROR = 0.01;
/** From a microsecond, the finest we measure, to 2.7 hours, longer than any timeout. */
const VALUE_MS_MIN = 0.001;
const VALUE_MS_MAX = 1e7;

/** Bucket i holds (MIN · GROWTH^(i-1), MIN · GROWTH^i]; bucket 0 holds MIN. */
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const GROWTH_LOG = Math.log(GROWTH);
const BUCKETS = bucketOf(VALUE_MS_MAX) + 1;
const MIDDLES = Array.from(
  { length: BUCKETS },
  (_, index) => (VALUE_MS_MIN * 2 * GROWTH ** index) / (GROWTH + 1),
);

export class LatencySketch {
  readonly #buckets = new BucketCounts();
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  get count(): number {
    return this.#count;
  }

  /** Of all values, in milliseconds; 0 when there are none. */
  get sum(): number {
    return this.#sum;
  }

  /** Exact; undefined when there are no values, as is `max`. */
  get min(): number | undefined {
    return this.#count === 0 ? undefined : this.#min;
  }

  get max(): number | undefined {
    return this.#count === 0 ? undefined : this.#max;
  }

  /**
   * Adds a value `count` times. What is below 0.001 ms or above 10,000,000 ms is taken as that bound,
   * everywhere. Throws a RangeError for NaN and for a count that is no whole number of at least 1.
   */
  add(valueMs: number, count = 1): void {
    if (Number.isNaN(valueMs)) throw new RangeError('A latency must be a number');
    if (!(Number.isSafeInteger(count) && count >= 1))
      throw new RangeError(`Cannot add ${count} times`);
    const value = Math.min(VALUE_MS_MAX, Math.max(VALUE_MS_MIN, valueMs));
    this.#buckets.add(bucketOf(value), count);
    this.#addTotals(count, value * count, value, value);
  }

  /** Adds all that the other holds; the other is left as it is, unless it is this one, which doubles. */
  merge(other: LatencySketch): void {
    this.#buckets.merge(other.#buckets);
    this.#addTotals(other.#count, other.#sum, other.#min, other.#max);
  }

  /**
   * The same as `merge(LatencySketch.decode(bytes))`, without the second sketch. Throws a HoldfastError
   * (STORE_FAILED) for bytes that `encode` cannot have written, and then nothing was added.
   */
  mergeEncoded(bytes: Uint8Array): void {
    const content = decodeSketch(bytes, BUCKETS);
    if (content === undefined) throw unreadable(bytes.length);
    const { buckets, count, sum, min, max } = content;
    for (let at = 0; at < buckets.length; at += 2)
      this.#buckets.add(buckets[at] ?? 0, buckets[at + 1] ?? 0);
    this.#addTotals(count, sum, min, max);
  }

  /**
   * The value at rank ⌊q · (count - 1)⌋ of the sorted values, within 1 % and exact at both ends;
   * undefined when there are none. Throws a RangeError unless 0 <= q <= 1.
   */
  quantile(q: number): number | undefined {
    const rank = Math.floor(checkedQuantile(q) * Math.max(0, this.#count - 1));
    if (rank === 0) return this.min;
    if (rank === this.#count - 1) return this.max;
    const index = this.#buckets.indexOfRank(rank);
    return index === undefined ? undefined : this.#told(index);
  }

  /**
   * How many values lie in each cell: cell i holds what is above bound i - 1 and not above bound i, one
   * more holds what is above the last. The least and the greatest value are in their own cells, all
   * others in those of what `quantile` tells of them. Throws a RangeError unless the bounds ascend.
   */
  cells(boundsMs: readonly number[]): number[] {
    assertAscending(boundsMs);
    const cells = new Array<number>(boundsMs.length + 1).fill(0);
    if (this.#count === 0) return cells;
    let cell = 0;
    const put = (valueMs: number, count: number) => {
      while (cell < boundsMs.length && valueMs > (boundsMs[cell] ?? 0)) cell += 1;
      cells[cell] = (cells[cell] ?? 0) + count;
    };
    put(this.#min, 1);
    const buckets = this.#buckets.occupied();
    // The least is counted already, the greatest will be.
    buckets[1] = (buckets[1] ?? 0) - 1;
    if (this.#count > 1) buckets.push((buckets.pop() ?? 0) - 1);
    for (let at = 0; at < buckets.length; at += 2)
      put(this.#told(buckets[at] ?? 0), buckets[at + 1] ?? 0);
    if (this.#count > 1) put(this.#max, 1);
    return cells;
  }

  /** A few bytes per occupied bucket; see sketch-encoding. */
  encode(): Uint8Array {
    const totals = { sum: this.#sum, min: this.#min, max: this.#max };
    return encodeSketch({ ...totals, buckets: this.#buckets.occupied() });
  }

  /** Throws a HoldfastError (STORE_FAILED) for bytes that `encode` cannot have written. */
  static decode(bytes: Uint8Array): LatencySketch {
    const sketch = new LatencySketch();
    sketch.mergeEncoded(bytes);
    return sketch;
  }

  /** The one value that stands for all in a bucket. */
  #told(index: number): number {
    return Math.min(this.#max, Math.max(this.#min, middleOf(index)));
  }

  #addTotals(count: number, sum: number, min: number, max: number): void {
    this.#count += count;
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }
}

function assertAscending(boundsMs: readonly number[]): void {
  let before = Number.NEGATIVE_INFINITY;
  for (const boundMs of boundsMs) {
    if (!(boundMs > before)) throw new RangeError(`Bounds must ascend: ${boundsMs.join(', ')}`);
    before = boundMs;
  }
}

function bucketOf(value: number): number {
  return Math.max(0, Math.ceil(Math.log(value / VALUE_MS_MIN) / GROWTH_LOG));
}

/** The value whose relative distance to both bounds of the bucket is the same. */
function middleOf(index: number): number {
  return MIDDLES[index] ?? VALUE_MS_MAX;
}

function unreadable(length: number): HoldfastError {
  return new HoldfastError(
    'STORE_FAILED',
    `A latency sketch of ${length} bytes cannot be read`,
    'The stored data is damaged or was written by a newer Holdfast: restore it, or use that version.',
  );
}
