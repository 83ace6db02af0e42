// The data of a record as zone files write them. Each type's shape is proven before the decoder sees
// it: the data must end exactly where the record says. Types without a line here, and classes other
// than IN, are written in the form for unknown data (RFC 3597 section 5).

import { SocketAddress } from 'node:net';
import { byteText, readName } from './dns-name.ts';
import { className, typeName } from './dns-words.ts';
import type { RawRecord } from './message-frame.ts';
import type { PacketCodec } from './packet-codec.ts';

interface DataAt {
  bytes: Buffer;
  at: number;
  end: number;
  /** What the decoder makes of the data; read only once the shape is proven. */
  decode<T>(): T;
}

/** undefined when the data have not the shape of their type. */
type Shape = (data: DataAt) => string | undefined;

interface SoaNumbers {
  serial: number;
  refresh: number;
  retry: number;
  expire: number;
  minimum: number;
}

const SOA_NUMBERS_BYTES = 20;

const SHAPES: Readonly<Record<string, Shape>> = {
  A: ({ at, end, decode }) => (end - at === 4 ? decode<string>() : undefined),
  // The decoder shortens the first run of zeros, everyone else the longest (RFC 5952).
  AAAA: ({ at, end, decode }) =>
    end - at === 16
      ? new SocketAddress({ address: decode<string>(), family: 'ipv6' }).address
      : undefined,
  NS: (data) => lastName(data, 0),
  CNAME: (data) => lastName(data, 0),
  DNAME: (data) => lastName(data, 0),
  PTR: (data) => lastName(data, 0),
  MX(data) {
    const exchange = lastName(data, 2);
    return exchange && `${data.decode<{ preference: number }>().preference} ${exchange}`;
  },
  SRV(data) {
    const target = lastName(data, 6);
    if (target === undefined) return undefined;
    const numbers = data.decode<{ priority: number; weight: number; port: number }>();
    return `${numbers.priority} ${numbers.weight} ${numbers.port} ${target}`;
  },
  SOA(data) {
    const primary = readName(data.bytes, data.at);
    const mailbox = primary && readName(data.bytes, primary.end);
    if (mailbox?.end !== data.end - SOA_NUMBERS_BYTES) return undefined;
    const { serial, refresh, retry, expire, minimum } = data.decode<SoaNumbers>();
    return `${primary?.text} ${mailbox.text} ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
  },
  TXT: ({ decode }) => decode<Buffer[]>().map(quoted).join(' '),
  CAA({ bytes, at, end, decode }) {
    const valueAt = at + 2 + (bytes[at + 1] ?? 0);
    if (end - at < 2 || valueAt > end) return undefined;
    const { flags, tag } = decode<{ flags: number; tag: string }>();
    if (!/^[0-9A-Za-z]+$/.test(tag)) return undefined;
    return `${flags} ${tag} ${quoted(bytes.subarray(valueAt, end))}`;
  },
};

/** undefined when the data are not sound. Never throws. */
export function dataText(
  bytes: Buffer,
  { type, recordClass, dataAt: at, end }: RawRecord,
  codec: PacketCodec,
): string | undefined {
  const name = typeName(type);
  const shape = className(recordClass) === 'IN' ? SHAPES[name] : undefined;
  if (shape === undefined) return unknownData(bytes.subarray(at, end));
  const decode = <T>() => codec.decodeData(name, bytes, at - 2) as T;
  try {
    return shape({ bytes, at, end, decode });
  } catch {
    return undefined;
  }
}

/** The name that begins after some numbers and ends with the data. */
function lastName({ bytes, at, end }: DataAt, numberBytes: number): string | undefined {
  const name = readName(bytes, at + numberBytes);
  return name?.end === end ? name.text : undefined;
}

/** Spaces are plain within quotes. */
function quoted(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte === 0x20 ? ' ' : byteText(byte, '"\\');
  return `"${text}"`;
}

function unknownData(bytes: Buffer): string {
  const hexadecimal = bytes.toString('hex');
  return `\\# ${bytes.length}${hexadecimal === '' ? '' : ` ${hexadecimal}`}`;
}
