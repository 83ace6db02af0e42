// One-dimensional PostgreSQL arrays in their binary form (array_send in arrayfuncs.c), so that thousands
// of values cross as one parameter that the server does not have to parse.

/** Object identifiers of pg_type.dat; they never change. */
const BYTEA = 17;
const INT8 = 20;
const INT4 = 23;
const TEXT = 25;
const TIMESTAMPTZ = 1184;
const HEADER_BYTES = 20;
/** Seconds from 1970 to 2000, from where PostgreSQL counts its microseconds. */
const EPOCH_SHIFT_MS = 946_684_800_000;
const TWO_32 = 2 ** 32;

export function int4Array(values: readonly number[]): Buffer {
  const { buffer, at } = header(INT4, values.length, values.length * 8, false);
  for (const [index, value] of values.entries()) {
    buffer.writeInt32BE(4, at + index * 8);
    buffer.writeInt32BE(value, at + index * 8 + 4);
  }
  return buffer;
}

/** Safe whole numbers. */
export function int8Array(values: readonly number[]): Buffer {
  return eightByteArray(INT8, values);
}

/** Of whole milliseconds since 1970. */
export function timeArray(valuesMs: readonly number[]): Buffer {
  return eightByteArray(TIMESTAMPTZ, valuesMs.map(microsecondsOf));
}

export function textArray(values: readonly (string | null)[]): Buffer {
  return bytesOf(
    TEXT,
    values.map((value) => (value === null ? null : Buffer.from(value))),
  );
}

export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
  return bytesOf(BYTEA, values);
}

/** Microseconds since 2000: what `timestamptz` is. */
export function microsecondsOf(timeMs: number): number {
  return (timeMs - EPOCH_SHIFT_MS) * 1000;
}

/** A safe whole number as eight bytes, without making a BigInt of it. */
export function writeInt8(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / TWO_32);
  buffer.writeInt32BE(high, at);
  buffer.writeUInt32BE(value - high * TWO_32, at + 4);
}

function eightByteArray(type: number, values: readonly number[]): Buffer {
  const { buffer, at } = header(type, values.length, values.length * 12, false);
  for (const [index, value] of values.entries()) {
    buffer.writeInt32BE(8, at + index * 12);
    writeInt8(buffer, value, at + index * 12 + 4);
  }
  return buffer;
}

function bytesOf(type: number, values: readonly (Uint8Array | null)[]): Buffer {
  const length = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 0);
  const { buffer, at: start } = header(type, values.length, length, values.includes(null));
  let at = start;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? -1 : value.length, at);
    if (value === null) continue;
    buffer.set(value, at);
    at += value.length;
  }
  return buffer;
}

function header(type: number, count: number, bytes: number, hasNull: boolean) {
  const isEmpty = count === 0;
  const buffer = Buffer.allocUnsafe((isEmpty ? 12 : HEADER_BYTES) + bytes);
  buffer.writeInt32BE(isEmpty ? 0 : 1, 0);
  buffer.writeInt32BE(hasNull ? 1 : 0, 4);
  buffer.writeInt32BE(type, 8);
  if (isEmpty) return { buffer, at: 12 };
  buffer.writeInt32BE(count, 12);
  buffer.writeInt32BE(1, 16);
  return { buffer, at: HEADER_BYTES };
}
