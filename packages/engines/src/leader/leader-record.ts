// What stands at the key of a role: who leads, where to reach him, and his proof. It is read from a
// store that others write too, so nothing about its form is taken for granted.

import type { LeaseProof } from './lease-proof.ts';

export interface Candidate {
  id: string;
  /** At which others reach it. */
  url: string;
}

/** Who leads a role, for everybody. */
export interface Leader extends Candidate {
  role: string;
  /** Fencing token: the create revision of the role's key; grows with each leader. */
  term: bigint;
  /** Wall time at which he asked for this term, by his own clock. */
  sinceMs: number;
}

export interface LeaderRecord extends Candidate {
  sinceMs: number;
  proof: LeaseProof;
}

export function encodeLeader({ id, url, sinceMs, proof }: LeaderRecord): Uint8Array {
  return Buffer.from(JSON.stringify({ id, url, sinceMs, proof }));
}

/** Throws when the bytes are no record of a leader. */
export function decodeLeader(value: Uint8Array): LeaderRecord {
  const record: unknown = JSON.parse(Buffer.from(value).toString());
  if (!isObject(record)) throw new TypeError('The record of a leader is no object.');
  const { id, url, sinceMs, proof } = record;
  if (typeof id !== 'string' || typeof url !== 'string' || !isObject(proof))
    throw new TypeError('The record of a leader lacks its id, address or proof.');
  if (typeof sinceMs !== 'number')
    throw new TypeError('The record of a leader lacks the time since when.');
  return { id, url, sinceMs, proof: decodeProof(proof) };
}

function decodeProof(proof: Record<string, unknown>): LeaseProof {
  const { role, holder, lease, term, issuedAtMs, ttlMs, signature } = proof;
  if (typeof role !== 'string' || typeof holder !== 'string' || typeof lease !== 'string')
    throw new TypeError('The proof of a leader lacks its role, holder or lease.');
  if (typeof issuedAtMs !== 'number' || typeof ttlMs !== 'number' || typeof signature !== 'string')
    throw new TypeError('The proof of a leader lacks its time or signature.');
  const claims = { role, holder, lease, issuedAtMs, ttlMs, signature };
  return typeof term === 'string' ? { ...claims, term } : claims;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
