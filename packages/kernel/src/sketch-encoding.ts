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
  sum: number;
  min: number;
  max: number;
  /** [index, count] by ascending index; none when the sketch is empty, and the totals mean nothing then. */
  buckets: readonly (readonly [index: number, count: number])[];
}

const EMPTY: SketchContent = { sum: 0, min: Infinity, max: -Infinity, buckets: [] };

export function encodeSketch(content: SketchContent): Uint8Array {
  if (content.buckets.length === 0) return Uint8Array.of(VERSION);
  const varints: number[] = [];
  let next = 0;
  for (const [index, count] of content.buckets) {
    pushVarint(varints, index - next);
    pushVarint(varints, count);
    next = index + 1;
  }
  const bytes = new Uint8Array(1 + TOTALS_BYTES + varints.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  view.setFloat64(1, content.sum, true);
  view.setFloat64(9, content.min, true);
  view.setFloat64(17, content.max, true);
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
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sum = view.getFloat64(1, true);
  const min = view.getFloat64(9, true);
  const max = view.getFloat64(17, true);
  const content = { sum, min, max, buckets };
  return isPlausible(content) ? content : undefined;
}

function readBuckets(bytes: Uint8Array, bucketsMax: number): [number, number][] | undefined {
  const buckets: [number, number][] = [];
  let next = 0;
  let offset = 1 + TOTALS_BYTES;
  while (offset < bytes.length) {
    const gap = readVarint(bytes, offset);
    const count = gap && readVarint(bytes, gap.end);
    if (!count || next + gap.value >= bucketsMax || count.value === 0) return undefined;
    buckets.push([next + gap.value, count.value]);
    next += gap.value + 1;
    offset = count.end;
  }
  return buckets;
}

function isPlausible({ sum, min, max, buckets }: SketchContent): boolean {
  const count = buckets.reduce((total, bucket) => total + bucket[1], 0);
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

function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < VARINT_BYTES_MAX; i += 1) {
    const byte = bytes[start + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 0x80 ** i;
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, end: start + i + 1 } : undefined;
  }
  return undefined;
}
