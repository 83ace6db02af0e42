// What came over the wire, read part by part: each reader takes a value of unknown shape and gives it
// typed, or throws `Malformed`, which names the part. Nothing is converted silently, nothing is read
// beyond its bound, and no message repeats what was sent.

/** It is not what the protocol says. Whoever reads tells it on as an error of its own side. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

export type Parts = Readonly<Record<string, unknown>>;

/** Revisions and ids of leases are signed 64-bit numbers in every engine. */
const BIGINT_MAX = 2n ** 63n - 1n;
const DECIMAL = /^(?:0|[1-9]\d{0,18})$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export function readParts(value: unknown, what: string): Parts {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Malformed(`${what} is not an object`);
  return value as Parts;
}

/** At most `bytesMax` bytes of UTF-8, and text that UTF-8 can hold. */
export function readText(value: unknown, what: string, bytesMax: number): string {
  if (typeof value !== 'string') throw new Malformed(`${what} is not a text`);
  if (value.length > bytesMax || Buffer.byteLength(value) > bytesMax)
    throw new Malformed(`${what} is longer than ${bytesMax} bytes`);
  if (!value.isWellFormed()) throw new Malformed(`${what} holds half of a character`);
  return value;
}

export function readFlag(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Malformed(`${what} is neither true nor false`);
  return value;
}

export function readWholeNumber(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new Malformed(`${what} is not a whole number`);
  return value as number;
}

/** Decimal text, from 0 to 2^63 - 1. */
export function readBigint(value: unknown, what: string): bigint {
  if (typeof value !== 'string' || !DECIMAL.test(value))
    throw new Malformed(`${what} is not a number in decimal text`);
  const number = BigInt(value);
  if (number > BIGINT_MAX) throw new Malformed(`${what} does not fit in 64 bits`);
  return number;
}

/** Base64 with its padding (RFC 4648 §4), at most `bytesMax` bytes of content. */
export function readBytes(value: unknown, what: string, bytesMax: number): Uint8Array {
  if (typeof value !== 'string') throw new Malformed(`${what} is not a text`);
  if (value.length > Math.ceil(bytesMax / 3) * 4)
    throw new Malformed(`${what} is longer than ${bytesMax} bytes`);
  if (value.length % 4 !== 0 || !BASE64.test(value)) throw new Malformed(`${what} is not base64`);
  const bytes = new Uint8Array(Buffer.from(value, 'base64'));
  if (bytes.length > bytesMax) throw new Malformed(`${what} is longer than ${bytesMax} bytes`);
  return bytes;
}

export function readItems<T>(
  value: unknown,
  what: string,
  itemsMax: number,
  read: (item: unknown, what: string) => T,
): T[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} is not a list`);
  if (value.length > itemsMax) throw new Malformed(`${what} has more than ${itemsMax} items`);
  return value.map((item, index) => read(item, `${what}[${index}]`));
}

/** Nothing where the part is absent. */
export function readOptional<T>(
  value: unknown,
  what: string,
  read: (value: unknown, what: string) => T,
): T | undefined {
  return value === undefined ? undefined : read(value, what);
}
