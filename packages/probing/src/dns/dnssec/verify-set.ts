// Whether a set of records is signed by a key of its zone, now (RFC 4035 section 5.3). Each look at a
// signature costs more than anything else here, so a whole validation has a budget of them: keys and
// signatures that collide by design (CVE-2023-50387) end it early.

import { verify } from 'node:crypto';
import type { RecordSet, Signature } from './signed-records.ts';
import { labelsOf, nameBytes, nameOf } from './wire-name.ts';
import { hashOf, publicKeyOf, type ZoneKey } from './zone-keys.ts';

export interface SigningZone {
  name: string;
  keys: readonly ZoneKey[];
}

export type SetVerdict =
  /** `wildcard` is the name that the records were made from. */
  { ok: true; wildcard?: string } | { ok: false; reason: string };

const SIGNATURES_MAX = 64;
const KEYS_PER_SIGNATURE_MAX = 2;
const SIGNATURES_PER_SET_MAX = 4;
const CLASS_IN = 1;

export class SignatureVerifier {
  readonly #nowSeconds: number;
  #left = SIGNATURES_MAX;

  /** `wallMs` since 1970. */
  constructor(wallMs: number) {
    this.#nowSeconds = Math.floor(wallMs / 1000) % 2 ** 32;
  }

  verify(set: RecordSet, zone: SigningZone): SetVerdict {
    const ours = set.signatures.filter(({ signer }) => signer === zone.name);
    if (ours.length === 0) return bad(set, `carries no signature of ${zone.name}`);
    let reason = 'is signed by no key of its zone';
    for (const signature of ours.slice(0, SIGNATURES_PER_SET_MAX)) {
      const problem = this.#timeProblem(signature) ?? this.#problem(set, signature, zone);
      if (problem === undefined) return { ok: true, ...wildcardOf(set, signature) };
      reason = problem;
    }
    return bad(set, reason);
  }

  /** By serial number arithmetic (RFC 1982), as RFC 4034 section 3.1.5 asks. */
  #timeProblem({ inception, expiration }: Signature): string | undefined {
    const now = this.#nowSeconds;
    if (isBefore(expiration, now)) return `has a signature that ran out at ${isoTime(expiration)}`;
    if (isBefore(now, inception)) return `has a signature that begins at ${isoTime(inception)}`;
    return undefined;
  }

  #problem(set: RecordSet, signature: Signature, zone: SigningZone): string | undefined {
    if (signature.labels > ownerLabels(set.owner)) return 'has a signature for a longer name';
    const { keyTag: tag, algorithm } = signature;
    const keys = zone.keys.filter((key) => key.tag === tag && key.algorithm === algorithm);
    if (keys.length === 0) return `is signed by key ${tag}, which ${zone.name} does not have`;
    const signed = signedBytes(set, signature);
    for (const key of keys.slice(0, KEYS_PER_SIGNATURE_MAX)) {
      this.#left -= 1;
      if (this.#left < 0) return `needs more than ${SIGNATURES_MAX} looks at signatures`;
      if (holds(signed, signature, key)) return undefined;
    }
    return `has a signature that key ${tag} of ${zone.name} did not make`;
  }
}

function holds(signed: Buffer, { algorithm, value }: Signature, key: ZoneKey): boolean {
  const [publicKey, hash] = [publicKeyOf(key), hashOf(algorithm)];
  if (publicKey === undefined || hash === undefined) return false;
  try {
    return verify(hash, signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, value);
  } catch {
    return false;
  }
}

/** RFC 4034 section 3.1.8.1. */
function signedBytes(set: RecordSet, signature: Signature): Buffer {
  const wildcard = wildcardOf(set, signature).wildcard ?? set.owner;
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16BE(set.type, 0);
  fixed.writeUInt16BE(CLASS_IN, 2);
  fixed.writeUInt32BE(signature.ttlSeconds, 4);
  const start = Buffer.concat([nameBytes(wildcard), fixed]);
  const records = set.data.map((data) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(data.length, 0);
    return Buffer.concat([start, length, data]);
  });
  return Buffer.concat([signature.head, ...records]);
}

function wildcardOf(set: RecordSet, { labels }: Signature): { wildcard?: string } {
  if (labels >= ownerLabels(set.owner)) return {};
  return { wildcard: nameOf(['*', ...labelsOf(set.owner).slice(-labels || Infinity)]) };
}

function ownerLabels(owner: string): number {
  const labels = labelsOf(owner);
  return labels[0] === '*' ? labels.length - 1 : labels.length;
}

function isBefore(left: number, right: number): boolean {
  return left !== right && (right - left) >>> 0 < 2 ** 31;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

function bad({ owner, type }: RecordSet, problem: string): SetVerdict {
  return { ok: false, reason: `The set of type ${type} at ${owner} ${problem}.` };
}
