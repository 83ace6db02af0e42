// A query as it is sent again and again: the same bytes with a fresh id each time, so that an answer
// tells which sending it answers and cannot be guessed by who did not see it.

import type { Chance } from '@holdfast/kernel';
import type { DnsRecordType } from '@holdfast/resources/compiled-check';
import { typeNumber } from './dns-words.ts';
import { readQuestion } from './message-frame.ts';

/** What is asked; the name must have come through queryName. */
export interface Question {
  name: string;
  recordType: DnsRecordType | 'DNSKEY' | 'DS';
  recursion: boolean;
  /** Wants the signatures too (DO), and the records even if the server holds them for bogus (CD). */
  dnssec?: boolean;
}

const IDS = 0x1_0000;
const RECURSION_DESIRED = 0x0100;
const CHECKING_DISABLED = 0x0010;
const CLASS_IN = 1;
const OPT = 41;
/** What any path carries in one piece (DNS flag day 2020); more than 512 bytes needs EDNS (RFC 6891). */
const UDP_PAYLOAD_BYTES = 1232;
const DNSSEC_OK = 0x8000;
/** Asks who answers (RFC 5001): of many servers behind one address, this one. */
const NSID = 3;

export class Query {
  /** What the question of an answer must be equal to. */
  readonly questionKey: string;
  readonly #bytes: Buffer;
  readonly #chance: Chance;

  constructor(wanted: Question, edns: boolean, chance: Chance) {
    this.#bytes = queryBytes(wanted, edns);
    this.#chance = chance;
    const question = readQuestion(this.#bytes);
    if (question === undefined) throw new Error(`"${wanted.name}" cannot be asked for`);
    this.questionKey = question.key;
  }

  withFreshId(): { id: number; bytes: Buffer } {
    return this.withId(this.#chance.integer(IDS));
  }

  /** Over HTTP the id is 0, so that equal questions are equal to caches (RFC 8484 section 4.1). */
  withId(id: number): { id: number; bytes: Buffer } {
    const bytes = Buffer.from(this.#bytes);
    bytes.writeUInt16BE(id, 0);
    return { id, bytes };
  }
}

function queryBytes({ name, recordType, recursion, dnssec = false }: Question, edns: boolean) {
  const flags = (recursion ? RECURSION_DESIRED : 0) | (dnssec ? CHECKING_DISABLED : 0);
  const header = numbers(0, flags, 1, 0, 0, edns ? 1 : 0);
  const question = [nameBytes(name), numbers(typeNumber(recordType), CLASS_IN)];
  return Buffer.concat([header, ...question, edns ? optBytes(dnssec) : Buffer.alloc(0)]);
}

/** The root as owner, the payload in place of the class, flags in that of the TTL, one empty option. */
function optBytes(dnssec: boolean): Buffer {
  const fixed = numbers(OPT, UDP_PAYLOAD_BYTES, 0, dnssec ? DNSSEC_OK : 0);
  return Buffer.concat([Buffer.of(0), fixed, numbers(4, NSID, 0)]);
}

/** Uncompressed. */
function nameBytes(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  const pieces = labels.flatMap((label) => [Buffer.of(label.length), Buffer.from(label, 'latin1')]);
  return Buffer.concat([...pieces, Buffer.of(0)]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, at * 2);
  return bytes;
}
