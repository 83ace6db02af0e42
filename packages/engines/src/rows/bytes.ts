// Writing and reading compact bytes: varints (LEB128, 7 bits a byte, lowest first), numbers of
// milliseconds, text. A number comes back exactly as it was given, whichever form it took.

/** Numbers are kept as microseconds below this (17 minutes), so that they fit 32 bits doubled. */
const MICROSECONDS_MAX = 2 ** 30;
const FLOAT_TAG = 1;
const UTF8_BYTES_PER_UNIT_MAX = 3;
const VARINT_BYTES_MAX = 5;
const INT_BYTES = 4;
const FLOAT_BYTES = 8;

export class ByteWriter {
  #buffer: Buffer<ArrayBuffer>;
  #view: DataView;
  /** Bytes written. Setting it back forgets what came after. */
  length = 0;

  constructor(capacity: number) {
    // A buffer of its own and not a slice of the pool: its memory is handed to another thread.
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(capacity, 64));
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** 0 ≤ value < 2^32. */
  varint(value: number): void {
    this.#reserve(VARINT_BYTES_MAX);
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.length++] = (rest & 0x7f) | 0x80;
    this.#buffer[this.length++] = rest;
  }

  /** Whole microseconds take one to five bytes (even varints), anything else nine. */
  number(valueMs: number): void {
    const microseconds = Math.round(valueMs * 1000);
    const fits = microseconds >= 0 && microseconds < MICROSECONDS_MAX;
    if (fits && microseconds / 1000 === valueMs) {
      this.varint(microseconds * 2);
      return;
    }
    this.varint(FLOAT_TAG);
    this.#reserve(FLOAT_BYTES);
    this.#view.setFloat64(this.length, valueMs, true);
    this.length += FLOAT_BYTES;
  }

  text(value: string): void {
    this.#reserve(value.length * UTF8_BYTES_PER_UNIT_MAX);
    this.length += this.#buffer.write(value, this.length, 'utf8');
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.length);
    this.length += value.length;
  }

  /** Four bytes, the highest first. */
  int32(value: number): void {
    this.#reserve(INT_BYTES);
    this.#view.setInt32(this.length, value);
    this.length += INT_BYTES;
  }

  /** Eight bytes, the highest first. */
  float64(value: number): void {
    this.#reserve(FLOAT_BYTES);
    this.#view.setFloat64(this.length, value);
    this.length += FLOAT_BYTES;
  }

  /** Its bytes with their number before them, as `int32`. */
  sizedText(value: string): void {
    this.#reserve(INT_BYTES + value.length * UTF8_BYTES_PER_UNIT_MAX);
    const length = this.#buffer.write(value, this.length + INT_BYTES, 'utf8');
    this.int32(length);
    this.length += length;
  }

  /** What was written; its buffer may be transferred. The writer is used up. */
  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.buffer, 0, this.length);
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.length + count));
    this.#buffer.copy(larger, 0, 0, this.length);
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }
}

export class ByteReader {
  readonly #buffer: Buffer;
  /** Next byte to read. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Throws a RangeError past the end. */
  varint(): number {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < VARINT_BYTES_MAX; i += 1) {
      const byte = this.#buffer[this.at++];
      if (byte === undefined) throw new RangeError('The bytes end within a varint');
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
    throw new RangeError('A varint is longer than any that is written');
  }

  number(): number {
    return this.numberOf(this.varint());
  }

  /** The number whose first varint was already read. */
  numberOf(tag: number): number {
    if (tag % 2 === 0) return tag / 2 / 1000;
    const value = this.#buffer.readDoubleLE(this.at);
    this.at += FLOAT_BYTES;
    return value;
  }

  text(end: number): string {
    const value = this.#buffer.toString('utf8', this.at, end);
    this.at = end;
    return value;
  }
}
