// Leases through a server: each is granted with a proof, which goes along whenever the lease is used.
// Renewals that fall due together travel together. Nothing is counted here: `LeaseKeeper` counts a
// lease's validity from before its renewal was handed to us, so waiting for others costs only its own.

import type { Clock, Timer } from '@holdfast/kernel';
import type { Transaction } from '../coordination/coordination.ts';
import { coordinationFailed } from '../coordination/coordination-error.ts';
import type { LeaseAuthority } from '../coordination/lease-authority.ts';
import type { ServerCalls } from './server-calls.ts';
import { type Renewal, readGrant, readReleased, readRenewals } from './wire-answers.ts';
import {
  COORDINATION_PATH,
  leasesOf,
  type ProvenLease,
  RENEWALS_MAX,
  writeProvenLease,
} from './wire-requests.ts';

/** Renewals of a process fall due close together when its leases began together. */
const GATHER_MS = 5;
/** Also of leases that are gone: what becomes of them the engine says. The one used longest ago goes. */
const PROOFS_MAX = 20_000;

const PATH = COORDINATION_PATH.slice(1);
const REPEATABLE = { repeatable: true };

export class RemoteLeases implements LeaseAuthority {
  readonly #calls: ServerCalls;
  readonly #clock: Clock;
  /** In order of use. */
  readonly #proofs = new Map<bigint, string>();
  readonly #waiting = new Map<bigint, PromiseWithResolvers<{ ttlMs: number }>>();
  #gathering: Timer | undefined;

  constructor(calls: ServerCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  /** A grant whose answer was lost leaves a lease that nobody renews. */
  async grant(ttlMs: number): Promise<{ id: bigint; ttlMs: number }> {
    const granted = await this.#calls.call(
      `${PATH}leases`,
      { ttlMs },
      { ...REPEATABLE, read: readGrant },
    );
    this.#keep(granted.id, granted.proof);
    return { id: granted.id, ttlMs: granted.ttlMs };
  }

  renew(id: bigint): Promise<{ ttlMs: number }> {
    const known = this.#waiting.get(id);
    if (known !== undefined) return known.promise;
    const renewal = Promise.withResolvers<{ ttlMs: number }>();
    this.#waiting.set(id, renewal);
    this.#gathering ??= this.#clock.after(GATHER_MS, () => this.#send());
    return renewal.promise;
  }

  async release(id: bigint): Promise<void> {
    const body = writeProvenLease(this.#proven(id));
    await this.#calls.call(`${PATH}leases/release`, body, { ...REPEATABLE, read: readReleased });
  }

  /** Of the leases that the transaction's puts name. */
  proofsFor(transaction: Transaction): ProvenLease[] {
    return [...leasesOf(transaction)].map((id) => this.#proven(id));
  }

  close(): void {
    this.#gathering?.cancel();
    for (const renewal of this.#waiting.values()) renewal.reject(this.#calls.closed.reason);
    this.#waiting.clear();
  }

  #proven(id: bigint): ProvenLease {
    const proof = this.#proofs.get(id);
    return proof === undefined ? { id } : { id, proof };
  }

  #keep(id: bigint, proof: string): void {
    this.#proofs.delete(id);
    this.#proofs.set(id, proof);
    const [oldest] = this.#proofs.keys();
    if (this.#proofs.size > PROOFS_MAX && oldest !== undefined) this.#proofs.delete(oldest);
  }

  #send(): void {
    this.#gathering = undefined;
    const due = [...this.#waiting];
    this.#waiting.clear();
    for (let i = 0; i < due.length; i += RENEWALS_MAX)
      void this.#renewAll(new Map(due.slice(i, i + RENEWALS_MAX)));
  }

  /** Settles each of them, and never rejects itself. */
  async #renewAll(due: Map<bigint, PromiseWithResolvers<{ ttlMs: number }>>): Promise<void> {
    try {
      const leases = [...due.keys()].map((id) => writeProvenLease(this.#proven(id)));
      const renewals = await this.#calls.call(
        `${PATH}leases/renew`,
        { leases },
        { ...REPEATABLE, read: readRenewals },
      );
      for (const renewal of renewals) this.#settle(due.get(renewal.id), renewal);
      for (const { reject } of due.values()) reject(unmentioned());
    } catch (error) {
      for (const { reject } of due.values()) reject(error);
    }
  }

  #settle(due: PromiseWithResolvers<{ ttlMs: number }> | undefined, renewal: Renewal): void {
    if ('error' in renewal) {
      due?.reject(renewal.error);
      return;
    }
    const proof = this.#proofs.get(renewal.id);
    if (proof !== undefined) this.#keep(renewal.id, proof);
    due?.resolve({ ttlMs: renewal.ttlMs });
  }
}

function unmentioned(): Error {
  return coordinationFailed(
    'The server renewed some leases and said nothing of this one',
    'Use a server of the same version as this client.',
  );
}
