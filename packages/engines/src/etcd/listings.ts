// All keys of a prefix at one revision, fetched in pages so that no answer grows beyond bounds: the first
// page says the revision and the name of the store, the others are read at that revision.

import { isHoldfastError } from '@holdfast/kernel';
import { checkPrefix, checkRevision } from '../coordination/check-call.ts';
import type { Entry, Listing } from '../coordination/coordination.ts';
import { compacted, coordinationFailed } from '../coordination/coordination-error.ts';
import type { Root } from './entries.ts';
import type { EtcdCalls } from './etcd-calls.ts';
import { GrpcFailure, STATUS } from './grpc-failure.ts';
import type { Decoded } from './message-table.ts';
import type { rangeResponse } from './messages.ts';
import { METHODS } from './methods.ts';
import type { StoreIdentity } from './store-identity.ts';

export interface ListingsOptions {
  calls: EtcdCalls;
  root: Root;
  identity: StoreIdentity;
}

interface ListOptions {
  at?: bigint;
  signal?: AbortSignal;
}

interface Page {
  key: string;
  rangeEnd: Uint8Array;
  limit: bigint;
  revision: bigint;
}

/** Entries; with usual values some megabytes. */
const PAGE = 5_000n;
/** Where values are so large that a page of them is refused, fewer at a time. */
const PAGE_SHRINKS_BY = 8n;
/** A listing of now that was overtaken by compaction begins again. */
const BEGINNINGS_MAX = 3;

export class Listings {
  readonly #options: ListingsOptions;

  constructor(options: ListingsOptions) {
    this.#options = options;
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Listing> {
    checkPrefix(prefix);
    if (options.at !== undefined) checkRevision(options.at);
    for (let beginnings = 1; ; beginnings += 1) {
      try {
        return await this.#listed(prefix, options);
      } catch (error) {
        const overtaken = isHoldfastError(error) && error.code === 'COMPACTED';
        if (!overtaken || options.at !== undefined || beginnings === BEGINNINGS_MAX) throw error;
      }
    }
  }

  async #listed(prefix: string, { at, signal }: ListOptions): Promise<Listing> {
    const { root, identity } = this.#options;
    let page: Page = { ...root.range(prefix), limit: PAGE, revision: at ?? 0n };
    let named: { cluster: string; revision: bigint } | undefined;
    const entries: Entry[] = [];
    for (;;) {
      const answer = await this.#page(page, signal);
      if (answer === 'too large') {
        page = { ...page, limit: page.limit / PAGE_SHRINKS_BY || 1n };
        continue;
      }
      const cluster = answer.cluster ?? (await identity.name({ signal })).name;
      named ??= { cluster, revision: at ?? answer.revision };
      // Between two pages another store took the place of this one.
      if (named.cluster !== cluster) throw compacted(named.revision);
      for (const one of answer.range.kvs) entries.push(root.entry(one));
      const last = answer.range.kvs.at(-1);
      if (!answer.range.more || last === undefined) return { entries, ...named };
      page = { ...page, key: keyAfter(last.key, page.key), revision: named.revision };
    }
  }

  async #page(
    page: Page,
    signal: AbortSignal | undefined,
  ): Promise<
    | 'too large'
    | { cluster: string | undefined; revision: bigint; range: Decoded<typeof rangeResponse> }
  > {
    const { calls, identity } = this.#options;
    try {
      const answer = await calls.call(
        METHODS.txn,
        { success: [identity.operation, { range: page }] },
        { idempotent: true, signal, subject: { revision: page.revision } },
      );
      const range = answer.responses[1]?.range ?? { header: undefined, kvs: [], more: false };
      return { cluster: identity.nameIn(answer), revision: answer.header?.revision ?? 0n, range };
    } catch (error) {
      if (page.limit > 1n && isTooLarge(error)) return 'too large';
      throw error;
    }
  }
}

/** The next key in the order of bytes. A key that is no UTF-8 cannot be gone past, and would come for ever. */
function keyAfter(last: string, pageBegan: string): string {
  const next = `${last}\0`;
  if (next !== pageBegan) return next;
  throw coordinationFailed(
    `Among the keys from ${last} on there is one that is no UTF-8 text`,
    'Remove the foreign key, or give Holdfast a root of its own.',
  );
}

function isTooLarge(error: unknown): boolean {
  const cause = isHoldfastError(error) ? error.cause : undefined;
  return cause instanceof GrpcFailure && !cause.said && cause.status === STATUS.resourceExhausted;
}
