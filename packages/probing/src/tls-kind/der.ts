// Reads DER (X.690), the form of certificates and OCSP answers. A value is a view into the bytes it
// came in: nothing is copied, and nothing is opened until it is asked for, so hostile nesting costs
// nothing. What is not strict DER is undefined; it must never throw, whatever the bytes are.

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

export interface DerValue {
  /** First byte: class, whether it holds other values, and number. */
  tag: number;
  content: Buffer;
  /** Tag and length included: what signatures and hashes are made of. */
  whole: Buffer;
}

/** Values side by side in one value; certificates and OCSP answers have a handful. */
const VALUES_MAX = 1000;
/** 16 MB; whatever carries more is no certificate and no staple. */
const LENGTH_BYTES_MAX = 3;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** The tag of `[number]` in a notation: explicit ones hold another value, implicit ones may not. */
export function contextTag(number: number, holdsValues = true): number {
  return (holdsValues ? 0xa0 : 0x80) | number;
}

/** The one value that the bytes are, whole and nothing after it. */
export function readDer(bytes: Buffer, tag?: number): DerValue | undefined {
  const value = valueAt(bytes, 0);
  if (value === undefined || value.whole.length !== bytes.length) return undefined;
  return tag === undefined || value.tag === tag ? value : undefined;
}

/** The values in a value, in their order. */
export function valuesOf(value: DerValue | undefined): DerValue[] | undefined {
  if (value === undefined || (value.tag & 0x20) === 0) return undefined;
  const values: DerValue[] = [];
  for (let at = 0; at < value.content.length; ) {
    const next = valueAt(value.content, at);
    if (next === undefined || values.length === VALUES_MAX) return undefined;
    values.push(next);
    at += next.whole.length;
  }
  return values;
}

/** Hex of the bytes of an object identifier: enough to compare, which is all we do. */
export function identifierOf(value: DerValue | undefined): string | undefined {
  return value?.tag === TAG.objectIdentifier ? value.content.toString('hex') : undefined;
}

/** The bytes of a bit string that ends on a whole byte, as signatures and keys do. */
export function bitsOf(value: DerValue | undefined): Buffer | undefined {
  if (value?.tag !== TAG.bitString || value.content[0] !== 0) return undefined;
  return value.content.subarray(1);
}

/** In ms since 1970; DER writes whole seconds in UTC. */
export function timeOf(value: DerValue | undefined): number | undefined {
  if (value?.tag !== TAG.generalizedTime) return undefined;
  const fields = GENERALIZED_TIME.exec(value.content.toString('latin1'));
  if (fields === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields
    .slice(1)
    .map(Number);
  const time = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  return time.setUTCFullYear(year);
}

function valueAt(bytes: Buffer, at: number): DerValue | undefined {
  const tag = bytes[at];
  const length = lengthAt(bytes, at + 1);
  // Numbers above 30 take more bytes; none of ours has one.
  if (tag === undefined || length === undefined || (tag & 0x1f) === 0x1f) return undefined;
  const start = at + 1 + length.bytes;
  const end = start + length.value;
  if (end > bytes.length) return undefined;
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

/** Definite and in its shortest form, as DER demands. */
function lengthAt(bytes: Buffer, at: number): { value: number; bytes: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { value: first, bytes: 1 };
  const count = first & 0x7f;
  if (count === 0 || count > LENGTH_BYTES_MAX || at + count >= bytes.length) return undefined;
  const value = bytes.readUIntBE(at + 1, count);
  const isShortest = value >= 0x80 && value >= 2 ** (8 * (count - 1));
  return isShortest ? { value, bytes: 1 + count } : undefined;
}
