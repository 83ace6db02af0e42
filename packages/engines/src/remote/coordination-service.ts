// The server's side of remote coordination, free of any HTTP framework: an operation, a body and the
// scope of its caller in, an answer or a HoldfastError out. It keeps nothing between two requests but
// the count of open watches, so servers of one store are interchangeable at any moment.

import type { Readable } from 'node:stream';
import { type Chance, type Clock, HoldfastError, isHoldfastError } from '@holdfast/kernel';
import type { Coordination, Listing, Transaction } from '../coordination/coordination.ts';
import { coordinationFailed } from '../coordination/coordination-error.ts';
import { type HouseEngine, houseEngine } from './house-engine.ts';
import { LeaseProofs } from './lease-proof.ts';
import type { Scope } from './scope.ts';
import { checkReads, checkWithin, narrowed } from './scope-check.ts';
import { WatchStream } from './watch-stream.ts';
import {
  RELEASED,
  type Renewal,
  writeFacts,
  writeFoundEntry,
  writeGrant,
  writeListing,
  writeRenewals,
  writeTransactionAnswer,
} from './wire-answers.ts';
import { Malformed } from './wire-reader.ts';
import {
  type CoordinationOperation,
  leasesOf,
  type ProvenLease,
  readGrantRequest,
  readKeyRequest,
  readListRequest,
  readProvenLease,
  readRenewRequest,
  readTransaction,
  readWatchRequest,
} from './wire-requests.ts';

export { agentScope, everythingScope, type KeyRule, namespaceScope, type Scope } from './scope.ts';
export {
  COORDINATION_OPERATIONS,
  COORDINATION_PATH,
  type CoordinationOperation,
  REQUEST_BYTES_MAX,
} from './wire-requests.ts';

/** A service of a namespace may run in many processes with one token. */
const WATCHES_PER_HOLDER_MAX = 1_000;
const WATCHES_MAX = 10_000;

export interface CoordinationServiceOptions {
  coordination: Coordination;
  clock: Clock;
  /** Fit for secrets. */
  chance: Chance;
  /** Default 1,000 each, 10,000 together. */
  watchesPerHolderMax?: number;
}

/** To be mounted under COORDINATION_PATH; bodies are parsed JSON of at most REQUEST_BYTES_MAX. */
export interface CoordinationService {
  /** The answer's JSON. Rejects with a HoldfastError. */
  handle(
    operation: CoordinationOperation,
    body: unknown,
    scope: Scope,
    signal?: AbortSignal,
  ): Promise<object>;
  /**
   * The body of the answer to `watch`, type `application/x-ndjson`, to be sent unbuffered. Throws a
   * HoldfastError for what is refused at once. `signal` aborts when the caller is gone; so does
   * destroying the stream.
   */
  watch(body: unknown, scope: Scope, signal: AbortSignal): Readable;
  /** Ends all watches, and takes no more. */
  close(): void;
}

export function createCoordinationService(
  options: CoordinationServiceOptions,
): CoordinationService {
  return new Service(options);
}

class Service implements CoordinationService {
  readonly #engine: HouseEngine;
  readonly #clock: Clock;
  readonly #proofs: LeaseProofs;
  readonly #watchesPerHolderMax: number;
  readonly #watches = new Map<string, number>();
  readonly #closing = new AbortController();
  #open = 0;

  constructor({ coordination, clock, chance, watchesPerHolderMax }: CoordinationServiceOptions) {
    this.#engine = houseEngine(coordination);
    this.#clock = clock;
    this.#proofs = new LeaseProofs(this.#engine, clock, chance);
    this.#watchesPerHolderMax = watchesPerHolderMax ?? WATCHES_PER_HOLDER_MAX;
  }

  async handle(
    operation: CoordinationOperation,
    body: unknown,
    scope: Scope,
    signal?: AbortSignal,
  ): Promise<object> {
    try {
      return await this.#answer(operation, body, scope, signal);
    } catch (error) {
      throw told(error);
    }
  }

  watch(body: unknown, scope: Scope, signal: AbortSignal): Readable {
    try {
      return this.#watch(body, scope, signal);
    } catch (error) {
      throw told(error);
    }
  }

  close(): void {
    this.#closing.abort();
  }

  #answer(
    operation: CoordinationOperation,
    body: unknown,
    scope: Scope,
    signal: AbortSignal | undefined,
  ): Promise<object> {
    switch (operation) {
      case 'get':
        return this.#get(body, scope, signal);
      case 'list':
        return this.#list(body, scope, signal);
      case 'txn':
        return this.#transact(body, scope, signal);
      case 'facts':
        return this.#facts(scope);
      case 'leases':
        return this.#grant(body, scope);
      case 'leases/renew':
        return this.#renew(body, scope);
      case 'leases/release':
        return this.#release(body, scope);
    }
  }

  async #get(body: unknown, scope: Scope, signal?: AbortSignal): Promise<object> {
    const { key } = readKeyRequest(body);
    checkReads(scope, key);
    return writeFoundEntry(await this.#engine.get(key, signal));
  }

  async #list(body: unknown, scope: Scope, signal?: AbortSignal): Promise<object> {
    const { prefix, at } = readListRequest(body);
    const only = narrowed(scope, prefix);
    const listing = await this.#engine.list(prefix, {
      ...(at !== undefined && { at }),
      ...(signal && { signal }),
    });
    return writeListing(only === undefined ? listing : onlyOf(listing, only));
  }

  async #transact(body: unknown, scope: Scope, signal?: AbortSignal): Promise<object> {
    const { transaction, proofs } = readTransaction(body);
    checkWithin(scope, transaction);
    await this.#checkLeases(scope, transaction, proofs);
    return writeTransactionAnswer(await this.#engine.txn(transaction, signal));
  }

  /** A put with a lease binds its key's life to it: that too takes a lease of one's own. */
  async #checkLeases(scope: Scope, transaction: Transaction, proofs: ProvenLease[]): Promise<void> {
    if (scope.leases === 'any') return;
    for (const lease of leasesOf(transaction)) {
      const proof = proofs.find(({ id }) => id === lease)?.proof;
      await this.#proofs.check(scope.holder, lease, proof);
    }
  }

  async #facts(scope: Scope): Promise<object> {
    const facts = await this.#engine.facts();
    // Warnings name members and where they stand, too.
    return writeFacts(scope.members ? facts : { ...facts, members: [], warnings: [] });
  }

  async #grant(body: unknown, scope: Scope): Promise<object> {
    const { ttlMs } = readGrantRequest(body);
    const granted = await this.#engine.leases.grant(ttlMs);
    const proof = await this.#proofs.sign(scope.holder, granted.id);
    return writeGrant({ ...granted, proof });
  }

  /** Each for itself: one that is lost says nothing of the others. */
  async #renew(body: unknown, scope: Scope): Promise<object> {
    const leases = readRenewRequest(body);
    const renewals = leases.map(async (lease): Promise<Renewal> => {
      try {
        await this.#checkLease(scope, lease);
        const { ttlMs } = await this.#engine.leases.renew(lease.id);
        return { id: lease.id, ttlMs };
      } catch (error) {
        return { id: lease.id, error: told(error) };
      }
    });
    return writeRenewals(await Promise.all(renewals));
  }

  async #release(body: unknown, scope: Scope): Promise<object> {
    const lease = readProvenLease(body);
    await this.#checkLease(scope, lease);
    await this.#engine.leases.release(lease.id);
    return RELEASED;
  }

  async #checkLease(scope: Scope, { id, proof }: ProvenLease): Promise<void> {
    if (scope.leases === 'own') await this.#proofs.check(scope.holder, id, proof);
  }

  #watch(body: unknown, scope: Scope, signal: AbortSignal): Readable {
    const { prefix, from } = readWatchRequest(body);
    const only = narrowed(scope, prefix);
    if (this.#closing.signal.aborted) throw closing();
    this.#count(scope.holder);
    const stream = new WatchStream({
      open: (ended) => this.#engine.watch(prefix, from, ended),
      only,
      clock: this.#clock,
      signal: AbortSignal.any([signal, this.#closing.signal]),
    });
    stream.once('close', () => this.#uncount(scope.holder));
    return stream;
  }

  #count(holder: string): void {
    const own = this.#watches.get(holder) ?? 0;
    if (own >= this.#watchesPerHolderMax || this.#open >= WATCHES_MAX) throw tooManyWatches(own);
    this.#watches.set(holder, own + 1);
    this.#open += 1;
  }

  #uncount(holder: string): void {
    const left = (this.#watches.get(holder) ?? 1) - 1;
    if (left === 0) this.#watches.delete(holder);
    else this.#watches.set(holder, left);
    this.#open -= 1;
  }
}

function onlyOf(listing: Listing, key: string): Listing {
  return { ...listing, entries: listing.entries.filter((entry) => entry.key === key) };
}

function told(error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  if (error instanceof Malformed)
    return new HoldfastError(
      'USAGE',
      `The request cannot be read: ${error.message}`,
      'Use a client of the same version as the server.',
      error,
    );
  return new HoldfastError(
    'INTERNAL',
    'The server failed on this request',
    'Look for its trace id in the log.',
    error,
  );
}

function tooManyWatches(own: number): HoldfastError {
  return new HoldfastError(
    'BUSY',
    `No more watches are served; this caller has ${own} of them`,
    'Share one watch among all parts of a process, and end watches that nobody reads.',
  );
}

function closing(): HoldfastError {
  return coordinationFailed('This server is closing', 'Ask another server of the fleet.');
}
