// The frame of a message: header, question, and where each record lies. Everything is proven to lie
// within the bytes before it is used; the counts of the header are only believed as far as there are
// bytes for them.

import { HEADER_BYTES, readName } from './dns-name.ts';

export interface DnsHeader {
  id: number;
  isResponse: boolean;
  opcode: number;
  authoritative: boolean;
  truncated: boolean;
  recursionAvailable: boolean;
  /** The lower four bits; EDNS may add eight. */
  rcode: number;
  questionCount: number;
  /** Of answer, authority and additional. */
  recordCounts: readonly [number, number, number];
}

export interface QuestionAt {
  /** Name, type and class in one text; equal texts are the same question, whatever the case. */
  key: string;
  end: number;
}

/** A record whose data are not looked at yet. */
export interface RawRecord {
  owner: string;
  type: number;
  recordClass: number;
  ttlSeconds: number;
  dataAt: number;
  /** Behind the data. */
  end: number;
}

/** Type, class, time to live and length, between the owner and the data. */
const FIXED_BYTES = 10;

export function readHeader(bytes: Buffer): DnsHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const flags = bytes.readUInt16BE(2);
  return {
    id: bytes.readUInt16BE(0),
    isResponse: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    rcode: flags & 0xf,
    questionCount: bytes.readUInt16BE(4),
    recordCounts: [bytes.readUInt16BE(6), bytes.readUInt16BE(8), bytes.readUInt16BE(10)],
  };
}

/** The question at the head of a message that holds one. */
export function readQuestion(bytes: Buffer): QuestionAt | undefined {
  const name = readName(bytes, HEADER_BYTES);
  if (name === undefined || name.end + 4 > bytes.length) return undefined;
  const [type, recordClass] = [bytes.readUInt16BE(name.end), bytes.readUInt16BE(name.end + 2)];
  return { key: `${name.text.toLowerCase()} ${type} ${recordClass}`, end: name.end + 4 };
}

export function readRecord(bytes: Buffer, at: number): RawRecord | undefined {
  const owner = readName(bytes, at);
  if (owner === undefined) return undefined;
  const dataAt = owner.end + FIXED_BYTES;
  if (dataAt > bytes.length) return undefined;
  const end = dataAt + bytes.readUInt16BE(dataAt - 2);
  if (end > bytes.length) return undefined;
  return {
    owner: owner.text,
    type: bytes.readUInt16BE(owner.end),
    recordClass: bytes.readUInt16BE(owner.end + 2),
    ttlSeconds: bytes.readUInt32BE(owner.end + 4),
    dataAt,
    end,
  };
}
