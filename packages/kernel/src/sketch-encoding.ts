// The bytes of a latency sketch: a version, then nothing when it is empty, else sum, min and max as
// little-endian doubles, then per occupied bucket the distance from the one before and the count as
// varints (LEB128). Decoding never trusts a length and reads no more than the largest sketch has.

const VERSION = 1;
const TOTALS_BYTES = 24;
/** 8 · 7 bits: more than the 53 of a safe integer. */
const VARINT_BYTES_MAX = 8;
/** How far rounding may carry the sum from its bounds count · min and count · max. */
const SUM_SLACK = 1e-6;

export interface SketchContent {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** Index and count in turns, by ascending index; empty when the sketch is. */
  buckets: readonly number[];
}

const EMPTY: SketchContent = { count: 0, sum: 0, min: Infinity, max: -Infinity, buckets: [] };

export function encodeSketch({ sum, min, max, buckets }: Omit<SketchContent, 'count'>): Uint8Array {
  if (buckets.length === 0) return Uint8Array.of(VERSION);
  const varints: number[] = [];
  let next = 0;
  for (let at = 0; at < buckets.length; at += 2) {
    const index = buckets[at] ?? 0;
    pushVarint(varints, index - next);
    pushVarint(varints, buckets[at + 1] ?? 0);
    next = index + 1;
  }
  const bytes = new Uint8Array(1 + TOTALS_BYTES + varints.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  view.setFloat64(1, sum, true);
  view.setFloat64(9, min, true);
  view.setFloat64(17, max, true);
  bytes.set(varints, 1 + TOTALS_BYTES);
  return bytes;
}

/** Undefined for bytes that are not exactly one sketch of at most `bucketsMax` buckets. */
export function decodeSketch(bytes: Uint8Array, bucketsMax: number): SketchContent | undefined {
  if (bytes[0] !== VERSION) return undefined;
  if (bytes.length === 1) return EMPTY;
  if (bytes.length <= 1 + TOTALS_BYTES) return undefined;
  const buckets = readBuckets(bytes, bucketsMax);
  if (buckets === undefined) return undefined;
  let count = 0;
  for (let at = 1; at < buckets.length; at += 2) count += buckets[at] ?? 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sum = view.getFloat64(1, true);
  const min = view.getFloat64(9, true);
  const max = view.getFloat64(17, true);
  const content = { count, sum, min, max, buckets };
  return isPlausible(content) ? content : undefined;
}

function readBuckets(bytes: Uint8Array, bucketsMax: number): number[] | undefined {
  const buckets: number[] = [];
  const reader = new VarintReader(bytes, 1 + TOTALS_BYTES);
  let next = 0;
  while (!reader.isAtEnd) {
    const gap = reader.next();
    const count = reader.next();
    // Written so that NaN fails too.
    if (!(next + gap < bucketsMax && count > 0)) return undefined;
    buckets.push(next + gap, count);
    next += gap + 1;
  }
  return buckets;
}

function isPlausible({ count, sum, min, max }: SketchContent): boolean {
  if (!Number.isSafeInteger(count)) return false;
  // Written so that NaN fails too.
  const ordered = min > 0 && min <= max && Number.isFinite(max);
  const low = count * min * (1 - SUM_SLACK);
  return ordered && sum >= low && sum <= count * max * (1 + SUM_SLACK);
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}

class VarintReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** NaN when it is cut off, too long, or beyond whole numbers. */
  next(): number {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < VARINT_BYTES_MAX; i += 1) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN;
      unit *= 0x80;
    }
    return Number.NaN;
  }
}
