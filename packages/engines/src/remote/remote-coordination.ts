// Coordination through Holdfast's own servers, over HTTP/1.1 and with a token: how agents, gateways and
// other people's services join without credentials of the engine. It adds no memory of its own: what
// no server answers now is an error, and a lease is the engine's, whichever server hands it through.

import { type Clock, type HoldfastError, isHoldfastError } from '@holdfast/kernel';
import {
  checkKey,
  checkPrefix,
  checkRevision,
  checkTransaction,
} from '../coordination/check-call.ts';
import {
  type Coordination,
  type CoordinationFacts,
  type Entry,
  type Lease,
  type Listing,
  type Transaction,
  type TransactionAnswer,
  WATCH_SIGN_MS,
  type WatchItem,
} from '../coordination/coordination.ts';
import { coordinationFailed } from '../coordination/coordination-error.ts';
import { LeaseKeeper } from '../coordination/lease-keeper.ts';
import { linesOf } from './answer-lines.ts';
import { RemoteLeases } from './remote-leases.ts';
import { type CallOptions, ServerCalls, type ServerConnection } from './server-calls.ts';
import {
  COORDINATION_ERRORS,
  LINE_BYTES_MAX,
  readError,
  readFacts,
  readFoundEntry,
  readListing,
  readTransactionAnswer,
  readWatchItem,
} from './wire-answers.ts';
import { Malformed, readParts } from './wire-reader.ts';
import {
  COORDINATION_PATH,
  type CoordinationOperation,
  operationsOf,
  writeListRequest,
  writeTransaction,
  writeWatchRequest,
} from './wire-requests.ts';

/** Two signs of life in a row were missed, and a little more. */
const SILENT_MS = WATCH_SIGN_MS * 2 + 1_000;
/** A listing may be long, and on a slow line. */
const LISTING_MS = 30_000;
const PATH = COORDINATION_PATH.slice(1);

export type RemoteCoordinationOptions = ServerConnection;

/** Connects with the first call. Throws USAGE for servers or a token that cannot be used. */
export function openRemoteCoordination(options: RemoteCoordinationOptions): Coordination {
  return new RemoteCoordination(options);
}

class RemoteCoordination implements Coordination {
  readonly leases: RemoteLeases;
  readonly #calls: ServerCalls;
  readonly #keeper: LeaseKeeper;
  readonly #clock: Clock;

  constructor(options: RemoteCoordinationOptions) {
    const { clock, chance, logger } = options;
    this.#calls = new ServerCalls(options, COORDINATION_ERRORS);
    this.leases = new RemoteLeases(this.#calls, clock);
    this.#keeper = new LeaseKeeper({ authority: this.leases, clock, chance, logger });
    this.#clock = clock;
  }

  async get(key: string, signal?: AbortSignal): Promise<Entry | undefined> {
    checkKey(key);
    return await this.#ask('get', { key }, { repeatable: true, signal, read: readFoundEntry });
  }

  async list(
    prefix: string,
    { at, signal }: { at?: bigint; signal?: AbortSignal } = {},
  ): Promise<Listing> {
    checkPrefix(prefix);
    if (at !== undefined) checkRevision(at);
    const body = writeListRequest(prefix, at);
    const answer = { read: readListing, bodyMs: LISTING_MS };
    return await this.#ask('list', body, { repeatable: true, signal, ...answer });
  }

  async txn(transaction: Transaction, signal?: AbortSignal): Promise<TransactionAnswer> {
    checkTransaction(transaction);
    const proofs = this.leases.proofsFor(transaction);
    const body = writeTransaction({ transaction, proofs });
    const repeatable = isReading(transaction);
    return await this.#ask('txn', body, { repeatable, signal, read: readTransactionAnswer });
  }

  async *watch(prefix: string, from: bigint, signal: AbortSignal): AsyncGenerator<WatchItem> {
    checkPrefix(prefix);
    checkRevision(from);
    this.#calls.closed.throwIfAborted();
    if (signal.aborted) return;
    const ended = AbortSignal.any([signal, this.#calls.closed]);
    try {
      const body = writeWatchRequest(prefix, from);
      const { response, server } = await this.#calls.open(`${PATH}watch`, body, ended);
      try {
        const limits = { silentMs: SILENT_MS, lengthMax: LINE_BYTES_MAX, signal: ended };
        yield* itemsOf(linesOf(response, { clock: this.#clock, ...limits }), from);
        throw new Error('it ended the stream');
      } catch (error) {
        throw this.#broken(server, error);
      }
    } catch (error) {
      if (!ended.aborted) throw error;
    }
  }

  lease(ttlMs: number): Promise<Lease> {
    return this.#keeper.lease(ttlMs);
  }

  async facts(): Promise<CoordinationFacts> {
    const told = await this.#ask('facts', {}, { repeatable: true, read: readFacts });
    return { engine: 'remote', ...told, endpoints: this.#calls.origins };
  }

  async close(): Promise<void> {
    this.#keeper.close();
    this.#calls.close();
    this.leases.close();
  }

  #ask<T>(operation: CoordinationOperation, body: object, options: CallOptions<T>): Promise<T> {
    return this.#calls.call(`${PATH}${operation}`, body, options);
  }

  #broken(server: URL, error: unknown): HoldfastError {
    const known = isHoldfastError(error) ? error : streamBroken(server, error as Error);
    if (known.code === 'COORDINATION_FAILED') this.#calls.distrust(server, known.message);
    return known;
  }
}

/** Holds the server to the contract: ascending, and nothing from before what was asked for. */
async function* itemsOf(lines: AsyncIterable<string>, from: bigint): AsyncGenerator<WatchItem> {
  let next = from;
  for await (const line of lines) {
    const parts = readParts(parsedLine(line), 'the line');
    if ('error' in parts) throw readError(parts.error);
    if ('watching' in parts) continue;
    const item = readWatchItem(parts);
    if (item.changes.length > 0) {
      if (item.revision < next) throw new Malformed(`revision ${item.revision} came out of order`);
      next = item.revision + 1n;
    }
    yield item;
  }
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Malformed('a line is no JSON');
  }
}

/** Then it may be sent again, whatever became of it. */
function isReading(transaction: Transaction): boolean {
  return operationsOf(transaction).every(({ type }) => type === 'get');
}

function streamBroken(server: URL, cause: Error): HoldfastError {
  return coordinationFailed(
    `The watch through ${server.origin} broke: ${cause.message}`,
    'Watch again from the next revision; a mirror does so by itself.',
    cause,
  );
}
