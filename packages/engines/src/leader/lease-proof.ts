// The signed paper of whoever leads: who, in which role, under which lease and term, until when. It is
// issued anew with each renewal and proven before each act. What a stranger wrote, what has expired
// and what was meant for another role must never pass.

import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bigints travel as decimal text. */
export interface LeaseProof {
  role: string;
  holder: string;
  lease: string;
  /** Fencing token; absent in the claim, before the store has given one. */
  term?: string;
  /** Of `Clock.wallMs`. */
  issuedAtMs: number;
  ttlMs: number;
  /** HMAC-SHA256 with the key of the house, base64url. */
  signature: string;
}

export type ProofFault = 'forged' | 'foreign' | 'expired';

export function signedProof(claims: Omit<LeaseProof, 'signature'>, houseKey: Buffer): LeaseProof {
  return { ...claims, signature: signatureOf(claims, houseKey).toString('base64url') };
}

/** Undefined when the proof holds: signed by the house, for what is expected, and not expired at `wallMs`. */
export function proofFault(
  proof: LeaseProof,
  expected: Pick<LeaseProof, 'role' | 'holder' | 'lease' | 'term'>,
  houseKey: Buffer,
  wallMs: number,
): ProofFault | undefined {
  const signature = Buffer.from(proof.signature, 'base64url');
  const own = signatureOf(proof, houseKey);
  if (signature.length !== own.length || !timingSafeEqual(signature, own)) return 'forged';
  const { role, holder, lease, term } = expected;
  if (proof.role !== role || proof.holder !== holder) return 'foreign';
  if (proof.lease !== lease || proof.term !== term) return 'foreign';
  return wallMs < proof.issuedAtMs + proof.ttlMs ? undefined : 'expired';
}

/** Fields in fixed places, so that no two claims are signed alike. */
function signatureOf(claims: Omit<LeaseProof, 'signature'>, houseKey: Buffer): Buffer {
  const { role, holder, lease, term, issuedAtMs, ttlMs } = claims;
  const text = JSON.stringify(['holdfast lease 1', role, holder, lease, term, issuedAtMs, ttlMs]);
  return createHmac('sha256', houseKey).update(text).digest();
}
