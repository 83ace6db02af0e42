// Names the store behind the endpoints. The id that etcd gives its cluster comes from its configuration,
// so a cluster that was wiped and started anew has the same one while its revisions begin again: a
// random word that lives and dies with the data stands beside it, written by whoever comes first.

import type { Chance } from '@holdfast/kernel';
import { coordinationFailed } from '../coordination/coordination-error.ts';
import { KEYS } from '../coordination/keys.ts';
import type { Root } from './entries.ts';
import type { CallOptions, EtcdCalls } from './etcd-calls.ts';
import type { Decoded } from './message-table.ts';
import { COMPARE_TARGET, type RequestOperation, type txnResponse } from './messages.ts';
import { METHODS } from './methods.ts';

const WORD_DIGITS = 16;
const HEXADECIMAL = 16;

export class StoreIdentity {
  readonly #calls: EtcdCalls;
  readonly #chance: Chance;
  readonly #key: string;

  constructor(calls: EtcdCalls, chance: Chance, root: Root) {
    this.#calls = calls;
    this.#chance = chance;
    this.#key = root.key(KEYS.store);
  }

  /** Reads it in one transaction with others; its answer is the first. */
  get operation(): RequestOperation {
    return { range: { key: this.#key } };
  }

  /** Undefined: nobody has named this store yet. */
  nameIn({ header, responses }: Decoded<typeof txnResponse>): string | undefined {
    const word = responses[0]?.range?.kvs[0]?.value;
    if (header === undefined || word === undefined) return undefined;
    return `${header.clusterId.toString(HEXADECIMAL)}-${Buffer.from(word).toString('utf8')}`;
  }

  /** Names the store when nobody has. */
  async name(
    options: Pick<CallOptions, 'signal'> = {},
  ): Promise<{ name: string; revision: bigint }> {
    const found = await this.#ask([], options);
    return found ?? (await this.#make(options));
  }

  async #make(options: Pick<CallOptions, 'signal'>): Promise<{ name: string; revision: bigint }> {
    const digits = Array.from({ length: WORD_DIGITS }, () => this.#chance.integer(HEXADECIMAL));
    const value = Buffer.from(digits.map((digit) => digit.toString(HEXADECIMAL)).join(''));
    const made = await this.#ask([{ put: { key: this.#key, value } }], options);
    if (made === undefined)
      throw coordinationFailed(
        `etcd holds no ${this.#key} after it was put`,
        'Check that the user may read and write the keys of Holdfast, and that nobody else does.',
      );
    return made;
  }

  /** Puts only where there is none, so it may be made twice. */
  async #ask(
    puts: RequestOperation[],
    options: Pick<CallOptions, 'signal'>,
  ): Promise<{ name: string; revision: bigint } | undefined> {
    const absent = { key: this.#key, target: COMPARE_TARGET.createRevision, createRevision: 0n };
    const success = [...puts, this.operation];
    const answer = await this.#calls.call(
      METHODS.txn,
      { compare: [absent], success, failure: [this.operation] },
      { ...options, idempotent: true },
    );
    const { header, responses } = answer;
    const name = this.nameIn({ ...answer, responses: responses.slice(-1) });
    return name === undefined ? undefined : { name, revision: header?.revision ?? 0n };
  }
}
