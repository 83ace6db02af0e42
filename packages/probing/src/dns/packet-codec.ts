// The door to dns-packet, loaded with the first DNS check. Its decoder must not meet raw packets: it
// goes by the contents of a record and not by the length that the record states, reads "undefined"
// behind the end, follows thousands of pointers for each name, and joins labels without escapes. So
// here it only writes queries and reads the data of single records whose shape was proven before.

import type { OptAnswer } from 'dns-packet';
import type { Question } from './query.ts';

type Library = typeof import('dns-packet');

/** Exported by the library, but missing in its types. */
interface RecordDecoders {
  record(type: string): { decode(bytes: Buffer, at: number): unknown };
}

export interface PacketCodec {
  /** A whole query with the id 0. The name must have come through queryName. */
  encodeQuery(question: Question, edns: boolean): Buffer;
  /** `at` is where the two bytes of the length lie. May throw. */
  decodeData(type: string, bytes: Buffer, at: number): unknown;
}

/** What any path carries in one piece (DNS flag day 2020). */
const UDP_PAYLOAD_BYTES = 1232;

/** That we take more than 512 bytes over UDP (RFC 6891). */
const EDNS: OptAnswer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: UDP_PAYLOAD_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

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
  return {
    encodeQuery: ({ name, recordType, recursion }, edns) =>
      library.encode({
        type: 'query',
        id: 0,
        flags: recursion ? library.RECURSION_DESIRED : 0,
        questions: [{ name, type: recordType, class: 'IN' }],
        additionals: edns ? [EDNS] : [],
      }),
    decodeData: (type, bytes, at) => record(type).decode(bytes, at),
  };
}
