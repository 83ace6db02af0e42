// What proves that a lease was granted to a caller: an HMAC-SHA256 (RFC 2104) over holder and lease
// with a key of the house, which lies in coordination itself. So any server can check what another
// one granted, none has to remember, and knowing the id of a foreign lease is worth nothing.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Chance, type Clock, HoldfastError } from '@holdfast/kernel';
import type { Coordination } from '../coordination/coordination.ts';
import { houseKey } from '../coordination/house-key.ts';

/** A wiped store gets another key; this long until granting notices. */
const FRESH_MS = 10_000;
/** Forged proofs must not become reads of the engine without bound. */
const DOUBT_MS = 1_000;

export class LeaseProofs {
  readonly #engine: Pick<Coordination, 'get' | 'txn'>;
  readonly #clock: Clock;
  readonly #chance: Chance;
  #key: Uint8Array = new Uint8Array();
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  /** `chance` has to be fit for secrets. */
  constructor(engine: Pick<Coordination, 'get' | 'txn'>, clock: Clock, chance: Chance) {
    this.#engine = engine;
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Rejects as the engine does when the key of the house cannot be read. */
  async sign(holder: string, lease: bigint): Promise<string> {
    await this.#refresh(FRESH_MS);
    return this.#proof(holder, lease).toString('base64url');
  }

  /** Rejects with FORBIDDEN when the proof is none for this holder and lease, and LEASE_LOST when there is no proof. */
  async check(holder: string, lease: bigint, proof: string | undefined): Promise<void> {
    if (proof === undefined) throw notHeld(lease);
    await this.#refresh(Number.POSITIVE_INFINITY);
    if (this.#isProof(holder, lease, proof)) return;
    await this.#refresh(DOUBT_MS);
    if (!this.#isProof(holder, lease, proof)) throw notProven(lease);
  }

  #isProof(holder: string, lease: bigint, proof: string): boolean {
    const given = Buffer.from(proof, 'base64url');
    const wanted = this.#proof(holder, lease);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  #proof(holder: string, lease: bigint): Buffer {
    return createHmac('sha256', this.#key).update(`${holder}\n${lease}`).digest();
  }

  /** One reading at a time, whoever asks. */
  async #refresh(freshMs: number): Promise<void> {
    if (this.#readAtMs > Number.NEGATIVE_INFINITY && this.#clock.nowMs() - this.#readAtMs < freshMs)
      return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(): Promise<void> {
    const atMs = this.#clock.nowMs();
    this.#key = await houseKey(this.#engine, this.#chance);
    this.#readAtMs = atMs;
  }
}

function notHeld(lease: bigint): HoldfastError {
  return new HoldfastError(
    'LEASE_LOST',
    `The lease ${lease} is none that this caller holds`,
    'Take a lease through the same client and use that one.',
  );
}

function notProven(lease: bigint): HoldfastError {
  return new HoldfastError(
    'FORBIDDEN',
    `The lease ${lease} was not granted to this caller`,
    'Use only leases that were granted to the same token.',
  );
}
