// A query as it is sent again and again: the same bytes with a fresh id each time, so that an answer
// tells which sending it answers and cannot be guessed by who did not see it.

import type { Chance } from '@holdfast/kernel';
import type { DnsRecordType } from '@holdfast/resources/compiled-check';
import { readQuestion } from './message-frame.ts';
import type { PacketCodec } from './packet-codec.ts';

/** What is asked; the name must have come through queryName. */
export interface Question {
  name: string;
  recordType: DnsRecordType;
  recursion: boolean;
}

const IDS = 0x1_0000;

export class Query {
  /** What the question of an answer must be equal to. */
  readonly questionKey: string;
  readonly #bytes: Buffer;
  readonly #chance: Chance;

  constructor(wanted: Question, edns: boolean, codec: PacketCodec, chance: Chance) {
    this.#bytes = codec.encodeQuery(wanted, edns);
    this.#chance = chance;
    const question = readQuestion(this.#bytes);
    if (question === undefined) throw new Error(`"${wanted.name}" cannot be asked for`);
    this.questionKey = question.key;
  }

  withFreshId(): { id: number; bytes: Buffer } {
    const id = this.#chance.integer(IDS);
    const bytes = Buffer.from(this.#bytes);
    bytes.writeUInt16BE(id, 0);
    return { id, bytes };
  }
}
