// The door to dns-packet, loaded with the first DNS check. Its decoder must not meet raw packets: it
// goes by the contents of a record and not by the length that the record states, reads "undefined"
// behind the end, follows thousands of pointers for each name, and joins labels without escapes. So
// here it only reads the data of single records whose shape was proven before.

type Library = typeof import('dns-packet');

/** Exported by the library, but missing in its types. */
interface RecordDecoders {
  record(type: string): { decode(bytes: Buffer, at: number): unknown };
}

export interface PacketCodec {
  /** `at` is where the two bytes of the length lie. May throw. */
  decodeData(type: string, bytes: Buffer, at: number): unknown;
}

let loaded: PacketCodec | undefined;

export async function loadPacketCodec(): Promise<PacketCodec> {
  loaded ??= codecOf(await import('dns-packet'));
  return loaded;
}

/** undefined before the first load has ended. */
export function packetCodec(): PacketCodec | undefined {
  return loaded;
}

function codecOf(library: Library): PacketCodec {
  const { record } = library as Library & RecordDecoders;
  return { decodeData: (type, bytes, at) => record(type).decode(bytes, at) };
}
