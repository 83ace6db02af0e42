// The little of the protobuf wire format that health and reflection need, so that a check without a
// call loads no protobuf library. Reading never throws: what is malformed is `undefined`.

/** Varints are whole numbers; length-delimited fields are views of the bytes read. */
export interface WireField {
  number: number;
  value: number | Uint8Array;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
/** Seven bits a byte: 64 bits take ten. */
const VARINT_BYTES_MAX = 10;

interface Read {
  value: number;
  next: number;
}

/** The fields in their order; groups, which nothing here uses, count as malformed. */
export function readFields(bytes: Uint8Array): WireField[] | undefined {
  const fields: WireField[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    const content = tag === undefined ? undefined : contentAt(bytes, tag.value % 8, tag.next);
    if (tag === undefined || content === undefined) return undefined;
    fields.push({ number: Math.floor(tag.value / 8), value: content.value });
    at = content.next;
  }
  return fields;
}

/** A string field; the empty string is the default and takes no bytes. */
export function textField(number: number, text: string): Buffer {
  if (text === '') return Buffer.alloc(0);
  const bytes = Buffer.from(text);
  return Buffer.concat([varint(number * 8 + LENGTH_DELIMITED), varint(bytes.length), bytes]);
}

function contentAt(
  bytes: Uint8Array,
  type: number,
  at: number,
): { value: number | Uint8Array; next: number } | undefined {
  if (type === VARINT) return readVarint(bytes, at);
  if (type === FIXED64) return viewAt(bytes, at, 8);
  if (type === FIXED32) return viewAt(bytes, at, 4);
  if (type !== LENGTH_DELIMITED) return undefined;
  const length = readVarint(bytes, at);
  return length === undefined ? undefined : viewAt(bytes, length.next, length.value);
}

function viewAt(bytes: Uint8Array, at: number, length: number) {
  const next = at + length;
  return next > bytes.length ? undefined : { value: bytes.subarray(at, next), next };
}

/** Beyond 2^53 a value is only nearly right, which is far beyond any that is used here. */
function readVarint(bytes: Uint8Array, from: number): Read | undefined {
  let value = 0;
  for (let count = 0; count < VARINT_BYTES_MAX; count += 1) {
    const byte = bytes[from + count];
    if (byte === undefined) return undefined;
    value += (byte % 128) * 2 ** (7 * count);
    if (byte < 128) return { value, next: from + count + 1 };
  }
  return undefined;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push(128 + (rest % 128));
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}
