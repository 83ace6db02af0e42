// What is known of a certificate's revocation: from the staple of this handshake or, when none was
// stapled or it cannot be believed, from an answer believed earlier that still holds. Nothing is asked of anybody: an
// OCSP responder would learn what is probed. Only believed answers are kept.

import type { X509Certificate } from 'node:crypto';
import { BoundedCache } from '../bounded-cache.ts';
import { type OcspReading, type OcspStatus, readOcspAnswer } from './ocsp-answer.ts';
import { believeOcsp, issuerOf } from './ocsp-trust.ts';

/** Times in ms since 1970. */
export interface Revocation {
  stapled: boolean;
  /** Absent when nothing believable is known. */
  status?: OcspStatus;
  producedAtMs?: number;
  thisUpdateMs?: number;
  nextUpdateMs?: number;
  /** The status is of an answer from an earlier handshake. */
  cached: boolean;
  /** Why the staple was not believed. */
  problem?: string;
}

type Known = Required<Pick<Revocation, 'status' | 'producedAtMs' | 'thisUpdateMs'>> &
  Pick<Revocation, 'nextUpdateMs'>;

/** Certificates whose answers are remembered. */
const ANSWERS_MAX = 1000;

export class RevocationKnowledge {
  readonly #answers = new BoundedCache<string, Known>(ANSWERS_MAX);

  /** `issuers` are the certificates among which the leaf's issuer is looked for. */
  look(
    leaf: X509Certificate,
    issuers: readonly X509Certificate[],
    staple: Buffer | undefined,
    atMs: number,
  ): Revocation {
    const fingerprint = leaf.fingerprint256;
    if (staple === undefined) return { stapled: false, ...this.#earlier(fingerprint, atMs) };
    const fresh = believe(readOcspAnswer(staple), leaf, issuers, atMs);
    if (typeof fresh === 'string') {
      return { stapled: true, ...this.#earlier(fingerprint, atMs), problem: fresh };
    }
    // Without an end it says nothing of later.
    if (fresh.nextUpdateMs !== undefined) this.#answers.set(fingerprint, fresh);
    return { stapled: true, ...fresh, cached: false };
  }

  #earlier(fingerprint: string, atMs: number): Partial<Known> & { cached: boolean } {
    const known = this.#answers.get(fingerprint);
    if (known?.nextUpdateMs === undefined || known.nextUpdateMs < atMs) return { cached: false };
    return { ...known, cached: true };
  }
}

/** A text is the reason why not. */
function believe(
  reading: OcspReading,
  leaf: X509Certificate,
  issuers: readonly X509Certificate[],
  atMs: number,
): Known | string {
  if (!reading.ok) return reading.problem;
  const issuer = issuerOf(leaf, issuers);
  if (issuer === undefined) return 'the issuer of the certificate, who must sign it, is not known';
  const belief = believeOcsp(reading.answer, leaf, issuer, atMs);
  if (!belief.ok) return belief.problem;
  const { status, thisUpdateMs, nextUpdateMs } = belief.statement;
  return {
    status,
    producedAtMs: reading.answer.producedAtMs,
    thisUpdateMs,
    ...(nextUpdateMs === undefined ? {} : { nextUpdateMs }),
  };
}
