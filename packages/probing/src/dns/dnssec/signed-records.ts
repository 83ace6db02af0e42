// The records of a message as DNSSEC sees them: sets of one owner and type, their data in canonical
// form (RFC 4034 section 6.2), each with the signatures that claim to cover it. Bytes come from anyone:
// what is not sound is no message.

import { HEADER_BYTES, readName } from '../dns-name.ts';
import { type RawRecord, readHeader, readQuestion, readRecord } from '../message-frame.ts';
import { nameBytes } from './wire-name.ts';

export const TYPE = {
  NS: 2,
  CNAME: 5,
  SOA: 6,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
} as const;

export interface Signature {
  typeCovered: number;
  algorithm: number;
  /** Of the owner, without a `*` at its front. */
  labels: number;
  ttlSeconds: number;
  /** Seconds since 1970, modulo 2³². */
  expiration: number;
  inception: number;
  keyTag: number;
  signer: string;
  /** What is signed before the records: the data of the RRSIG up to the signature. */
  head: Buffer;
  value: Buffer;
}

export interface RecordSet {
  owner: string;
  type: number;
  /** In canonical form, in canonical order, without doubles. */
  data: Buffer[];
  signatures: Signature[];
}

export interface SignedMessage {
  rcode: number;
  answer: RecordSet[];
  authority: RecordSet[];
}

const CLASS_IN = 1;
const RRSIG_HEAD_BYTES = 18;
/** Bytes before the names, and how many names, of the types whose data hold names in lower case. */
const NAMES_IN: ReadonlyMap<number, readonly [before: number, names: number]> = new Map([
  [TYPE.NS, [0, 1]],
  [TYPE.CNAME, [0, 1]],
  [TYPE.SOA, [0, 2]],
  [12, [0, 1]],
  [15, [2, 1]],
  [33, [6, 1]],
  [TYPE.DNAME, [0, 1]],
]);

/** undefined when it is no sound message. */
export function readSignedMessage(bytes: Buffer): SignedMessage | undefined {
  const header = readHeader(bytes);
  if (header === undefined) return undefined;
  const start = header.questionCount === 0 ? HEADER_BYTES : readQuestion(bytes)?.end;
  if (start === undefined) return undefined;
  const [answers, authorities] = header.recordCounts;
  const answer = readSection(bytes, start, answers);
  const authority = answer && readSection(bytes, answer.end, authorities);
  if (authority === undefined) return undefined;
  return { rcode: header.rcode, answer: answer?.sets ?? [], authority: authority.sets };
}

/** Of that owner and type; undefined when it is not there. */
export function setOf(
  sets: readonly RecordSet[],
  owner: string,
  type: number,
): RecordSet | undefined {
  return sets.find((set) => set.owner === owner && set.type === type);
}

function readSection(bytes: Buffer, start: number, count: number) {
  const sets = new Map<string, RecordSet>();
  const setAt = (owner: string, type: number) => {
    const key = `${type} ${owner}`;
    const set = sets.get(key) ?? { owner, type, data: [], signatures: [] };
    sets.set(key, set);
    return set;
  };
  let at = start;
  for (let read = 0; read < count; read += 1) {
    const raw = readRecord(bytes, at);
    if (raw === undefined) return undefined;
    at = raw.end;
    if (raw.recordClass !== CLASS_IN) continue;
    const owner = raw.owner.toLowerCase();
    if (raw.type === TYPE.RRSIG) {
      const signature = readSignature(bytes, raw);
      if (signature === undefined) return undefined;
      setAt(owner, signature.typeCovered).signatures.push(signature);
    } else {
      const data = canonicalData(bytes, raw);
      if (data === undefined) return undefined;
      setAt(owner, raw.type).data.push(data);
    }
  }
  const whole = [...sets.values()].filter(({ data }) => data.length > 0);
  for (const set of whole) set.data = inOrder(set.data);
  return { sets: whole, end: at };
}

/** RFC 4034 section 6.3. */
function inOrder(data: readonly Buffer[]): Buffer[] {
  const sorted = [...data].sort(Buffer.compare);
  return sorted.filter((one, at) => at === 0 || !one.equals(sorted[at - 1] ?? Buffer.alloc(0)));
}

function canonicalData(bytes: Buffer, { type, dataAt, end }: RawRecord): Buffer | undefined {
  const [before, count] = NAMES_IN.get(type) ?? [0, 0];
  const pieces: Buffer[] = [];
  let at = dataAt + before;
  for (let read = 0; read < count; read += 1) {
    const name = readName(bytes, at);
    if (name === undefined || name.end > end) return undefined;
    pieces.push(nameBytes(name.text.toLowerCase()));
    at = name.end;
  }
  if (at > end) return undefined;
  return Buffer.concat([
    bytes.subarray(dataAt, dataAt + before),
    ...pieces,
    bytes.subarray(at, end),
  ]);
}

function readSignature(bytes: Buffer, { dataAt: at, end }: RawRecord): Signature | undefined {
  const name = readName(bytes, at + RRSIG_HEAD_BYTES);
  if (name === undefined || name.end >= end) return undefined;
  const signer = name.text.toLowerCase();
  return {
    typeCovered: bytes.readUInt16BE(at),
    algorithm: bytes[at + 2] ?? 0,
    labels: bytes[at + 3] ?? 0,
    ttlSeconds: bytes.readUInt32BE(at + 4),
    expiration: bytes.readUInt32BE(at + 8),
    inception: bytes.readUInt32BE(at + 12),
    keyTag: bytes.readUInt16BE(at + 16),
    signer,
    head: Buffer.concat([bytes.subarray(at, at + RRSIG_HEAD_BYTES), nameBytes(signer)]),
    value: Buffer.from(bytes.subarray(name.end, end)),
  };
}
