// From the bytes of an answer to its records as text. Bytes come from anyone: whatever they are, the
// outcome is an answer or a problem, in time and memory bounded by the size of a message.

import { HEADER_BYTES } from './dns-name.ts';
import { className, rcodeName, typeName } from './dns-words.ts';
import { EdnsReader, type ExtendedError } from './edns-options.ts';
import { type RawRecord, readHeader, readQuestion, readRecord } from './message-frame.ts';
import type { PacketCodec } from './packet-codec.ts';
import { dataText } from './record-data.ts';

export interface DnsRecord {
  owner: string;
  type: string;
  /** As zone files write it. */
  data: string;
  /** `name TTL IN TYPE data` */
  line: string;
}

export interface DnsAnswer {
  rcode: string;
  authoritative: boolean;
  recursionAvailable: boolean;
  /** The answer carries OPT: the server knows EDNS. */
  edns: boolean;
  /** Who of the servers behind the address answered, as it says itself (RFC 5001). */
  nsid?: string;
  /** What more the server says of its response code (RFC 8914). */
  extendedErrors?: ExtendedError[];
  answer: DnsRecord[];
  authority: DnsRecord[];
  /** Without OPT, which is no record of anyone's data. */
  additional: DnsRecord[];
}

/** Whether bytes that carry our id answer our question. */
export type Match = 'yes' | 'no' | 'unreadable';

export type Reading = { ok: true; value: DnsAnswer } | { ok: false; problem: string };

const OPT = 41;
/**
 * Characters of all lines: eight times the largest message, which is far more than real answers
 * unfold to. By compression it could come to 12 MB, which patterns would then have to search.
 */
const TEXT_LENGTH_MAX = 512 * 1024;

/** Asks the header and the question only: a truncated answer may be cut behind them. */
export function matchQuestion(bytes: Buffer, questionKey: string): Match {
  const header = readHeader(bytes);
  if (header === undefined || !header.isResponse || header.opcode !== 0) return 'no';
  // Servers that refuse or cannot read a query may leave its question out.
  if (header.questionCount === 0) return header.rcode === 0 ? 'unreadable' : 'yes';
  const question = header.questionCount === 1 ? readQuestion(bytes) : undefined;
  if (question === undefined) return 'unreadable';
  return question.key === questionKey ? 'yes' : 'no';
}

export function readAnswer(bytes: Buffer, codec: PacketCodec): Reading {
  const header = readHeader(bytes);
  if (header === undefined) return { ok: false, problem: 'it is shorter than a header' };
  const start = header.questionCount === 0 ? HEADER_BYTES : readQuestion(bytes)?.end;
  if (start === undefined) return { ok: false, problem: 'its question is not sound' };
  const reader = new RecordReader(bytes, start, codec);
  const sections = header.recordCounts.map((count) => reader.section(count));
  if (reader.problem !== undefined) return { ok: false, problem: reader.problem };
  const [answer = [], authority = [], additional = []] = sections;
  const { authoritative, recursionAvailable } = header;
  const { extendedRcode, nsid, extendedErrors, present: edns } = reader.edns;
  const rcode = rcodeName((extendedRcode << 4) | header.rcode);
  const facts = { rcode, authoritative, recursionAvailable, edns };
  const value: DnsAnswer = { ...facts, answer, authority, additional };
  if (nsid !== undefined) value.nsid = nsid;
  if (extendedErrors.length > 0) value.extendedErrors = extendedErrors;
  return { ok: true, value };
}

class RecordReader {
  /** Why the records could not be read to their end. */
  problem: string | undefined;
  readonly edns = new EdnsReader();
  readonly #bytes: Buffer;
  readonly #codec: PacketCodec;
  #at: number;
  #textLength = 0;

  constructor(bytes: Buffer, at: number, codec: PacketCodec) {
    this.#bytes = bytes;
    this.#at = at;
    this.#codec = codec;
  }

  section(count: number): DnsRecord[] {
    const records: DnsRecord[] = [];
    for (let read = 0; read < count && this.problem === undefined; read += 1) {
      const raw = readRecord(this.#bytes, this.#at);
      if (raw === undefined) {
        this.problem = `a record at byte ${this.#at} is not sound`;
      } else {
        this.#at = raw.end;
        if (raw.type === OPT) this.edns.take(this.#bytes, raw);
        else this.#add(raw, records);
      }
    }
    return records;
  }

  #add(raw: RawRecord, records: DnsRecord[]): void {
    const type = typeName(raw.type);
    const data = dataText(this.#bytes, raw, this.#codec);
    if (data === undefined) {
      this.problem = `the data of a record of type ${type} at byte ${raw.dataAt} are not sound`;
      return;
    }
    const recordClass = className(raw.recordClass);
    const line = `${raw.owner} ${raw.ttlSeconds} ${recordClass} ${type} ${data}`;
    this.#textLength += line.length;
    if (this.#textLength > TEXT_LENGTH_MAX) this.problem = 'its names unfold without measure';
    else records.push({ owner: raw.owner, type, data, line });
  }
}
