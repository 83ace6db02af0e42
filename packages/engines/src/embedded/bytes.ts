// Bytes written one after another and read again: big endian, lengths before what they measure. A
// reader never leaves its bytes: a length that says more than there is throws.

const FIRST_BYTES = 4_096;

export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  /** The first `reserved` bytes are the caller's. */
  constructor(reserved = 0) {
    this.#buffer = Buffer.allocUnsafe(FIRST_BYTES + reserved);
    this.#length = reserved;
  }

  /** All so far; writing on may leave it behind. */
  get written(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  byte(value: number): void {
    const at = this.#grow(1);
    this.#buffer.writeUInt8(value, at);
  }

  /** Unsigned 32 bits. */
  integer(value: number): void {
    const at = this.#grow(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  /** Unsigned 64 bits. */
  long(value: bigint): void {
    const at = this.#grow(8);
    this.#buffer.writeBigUInt64BE(value, at);
  }

  double(value: number): void {
    const at = this.#grow(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  bytes(value: Uint8Array): void {
    this.integer(value.length);
    const at = this.#grow(value.length);
    this.#buffer.set(value, at);
  }

  text(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.integer(bytes);
    const at = this.#grow(bytes);
    this.#buffer.write(value, at);
  }

  /** Where the next `bytes` go: to be asked before the buffer is, which it may exchange. */
  #grow(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#length));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }
}

/** Every step throws a RangeError beyond the end. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get left(): number {
    return this.#buffer.length - this.#at;
  }

  byte(): number {
    return this.#buffer.readUInt8(this.#step(1));
  }

  integer(): number {
    return this.#buffer.readUInt32BE(this.#step(4));
  }

  long(): bigint {
    return this.#buffer.readBigUInt64BE(this.#step(8));
  }

  double(): number {
    return this.#buffer.readDoubleBE(this.#step(8));
  }

  /** A copy, so that a small value does not keep a large file in memory. */
  bytes(): Uint8Array {
    const length = this.integer();
    const at = this.#step(length);
    return new Uint8Array(this.#buffer.subarray(at, at + length));
  }

  text(): string {
    const length = this.integer();
    const at = this.#step(length);
    return this.#buffer.toString('utf8', at, at + length);
  }

  #step(bytes: number): number {
    if (bytes > this.left)
      throw new RangeError(`${bytes} bytes are read where ${this.left} are left`);
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}
