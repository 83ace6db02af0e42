// Protobuf messages as tables of field numbers: a table encodes what it is given and decodes what came,
// with the defaults of proto3 for what did not. Fields that a table does not name are skipped; bytes
// that are no message throw, and never loop, recurse without end or read past their end.

import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** One field: its number, its shape on the wire, and what it is when absent. */
interface Field<T> {
  readonly number: number;
  readonly wire: WireType;
  readonly repeated: boolean;
  initial(): T;
  /** The value alone, after its tag. */
  write(writer: BinaryWriter, value: never): void;
  read(reader: BinaryReader): unknown;
}

type Fields = Record<string, Field<unknown>>;

type Shape<F extends Fields> = { [Name in keyof F]: ReturnType<F[Name]['initial']> };

/** What is left out is absent on the wire, on every level. */
export type Given<T> = T extends Uint8Array | string | bigint | number | boolean
  ? T
  : T extends (infer Item)[]
    ? readonly Given<Item>[]
    : { readonly [Name in keyof T]?: Given<T[Name]> | undefined };

export interface Message<T> {
  encode(value: Given<T>): Uint8Array;
  /** Throws an Error for bytes that are no such message. */
  decode(bytes: Uint8Array): T;
  /** For tables that hold this one. */
  writeInto(writer: BinaryWriter, value: Given<T>): void;
  readFrom(reader: BinaryReader): T;
}

export type Decoded<M> = M extends Message<infer T> ? T : never;

/** Memory that writers would each take anew, at several times the price of what they write. */
let spareWriter: BinaryWriter | undefined;
const SPARE_BYTES_MAX = 64 * 1024;

export function message<F extends Fields>(fields: F): Message<Shape<F>> {
  return new Table<Shape<F>>(fields);
}

class Table<T> implements Message<T> {
  readonly #entries: [string, Field<unknown>][];
  readonly #byNumber: ([string, Field<unknown>] | undefined)[] = [];

  constructor(fields: Fields) {
    this.#entries = Object.entries(fields);
    for (const entry of this.#entries) this.#byNumber[entry[1].number] = entry;
  }

  encode(value: Given<T>): Uint8Array {
    const writer = spareWriter ?? new BinaryWriter();
    // One that is left in the middle of a message is not used again.
    spareWriter = undefined;
    this.writeInto(writer, value);
    const encoded = writer.finish();
    if (encoded.length <= SPARE_BYTES_MAX) spareWriter = writer;
    return encoded;
  }

  decode(bytes: Uint8Array): T {
    return this.readFrom(new BinaryReader(bytes, decodeText));
  }

  writeInto(writer: BinaryWriter, value: Given<T>): void {
    const given = value as Record<string, unknown>;
    for (const [name, field] of this.#entries) {
      const one = given[name];
      if (one === undefined) continue;
      for (const item of field.repeated ? (one as unknown[]) : [one]) {
        writer.tag(field.number, field.wire);
        field.write(writer, item as never);
      }
    }
  }

  readFrom(reader: BinaryReader): T {
    const made: Record<string, unknown> = {};
    for (const [name, field] of this.#entries) made[name] = field.initial();
    while (reader.pos < reader.len) {
      const [number, wire] = reader.tag();
      const entry = this.#byNumber[number];
      if (entry === undefined) {
        reader.skip(wire, number);
        continue;
      }
      const [name, field] = entry;
      if (wire !== field.wire) throw new Error(`the field ${name} has the wire type ${wire}`);
      const value = field.read(reader);
      if (field.repeated) (made[name] as unknown[]).push(value);
      else made[name] = value;
    }
    return made as T;
  }
}

export function text(number: number): Field<string> {
  return {
    number,
    wire: WireType.LengthDelimited,
    repeated: false,
    initial: () => '',
    write: (writer, value: string) => writer.string(value),
    read: (reader) => reader.string(),
  };
}

/** Copied out of what was received, so that a small value does not keep a large answer in memory. */
export function bytes(number: number): Field<Uint8Array> {
  return {
    number,
    wire: WireType.LengthDelimited,
    repeated: false,
    initial: () => NO_BYTES,
    write: (writer, value: Uint8Array) => writer.bytes(value),
    read: (reader) => new Uint8Array(reader.bytes()),
  };
}

export function int64(number: number): Field<bigint> {
  return {
    number,
    wire: WireType.Varint,
    repeated: false,
    initial: () => 0n,
    write: (writer, value: bigint) => writer.int64(value),
    read: (reader) => BigInt(reader.int64()),
  };
}

export function uint64(number: number): Field<bigint> {
  return {
    ...int64(number),
    write: (writer, value: bigint) => writer.uint64(value),
    read: (reader) => BigInt(reader.uint64()),
  };
}

/** Also of enumerations. */
export function int32(number: number): Field<number> {
  return {
    number,
    wire: WireType.Varint,
    repeated: false,
    initial: () => 0,
    write: (writer, value: number) => writer.int32(value),
    read: (reader) => reader.int32(),
  };
}

export function flag(number: number): Field<boolean> {
  return {
    number,
    wire: WireType.Varint,
    repeated: false,
    initial: () => false,
    write: (writer, value: boolean) => writer.bool(value),
    read: (reader) => reader.bool(),
  };
}

/** A message within; undefined when absent. What is written may leave fields out. */
export function nested<T>(number: number, inner: Message<T>): Field<T | undefined> {
  return {
    number,
    wire: WireType.LengthDelimited,
    repeated: false,
    initial: () => undefined,
    write: (writer, value: Given<T>) => {
      writer.fork();
      inner.writeInto(writer, value);
      writer.join();
    },
    read: (reader) => readNested(reader, inner),
  };
}

export function repeated<T>(field: Field<T>): Field<NonNullable<T>[]> {
  return { ...field, repeated: true, initial: () => [] };
}

function readNested<T>(reader: BinaryReader, inner: Message<T>): T {
  // `bytes` checks the length against what is there.
  return inner.readFrom(new BinaryReader(reader.bytes(), decodeText));
}

const NO_BYTES = new Uint8Array(0);

/** Node's own decoder is several times quicker for short texts than the one of the web. */
function decodeText(encoded: Uint8Array): string {
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString('utf8');
}
