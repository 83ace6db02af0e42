// Keys of zones and what vouches for them: DNSKEY (RFC 4034 section 2), DS (section 5), trust anchors.
// A key whose form or size nobody needs is not supported: large ones would make us work for whoever
// sends them.

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { nameBytes } from './wire-name.ts';

export interface ZoneKey {
  flags: number;
  algorithm: number;
  tag: number;
  /** The whole data of the record. */
  data: Buffer;
}

export interface DelegationSigner {
  keyTag: number;
  algorithm: number;
  digestType: number;
  digest: Buffer;
}

/** Of the root: the keys of 2017 and 2024, as IANA publishes them. */
export const ROOT_ANCHORS: readonly string[] = [
  '20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D',
  '38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16',
];

/** With a curve for those of RFC 6605 and RFC 8080. */
const ALGORITHMS: ReadonlyMap<number, { hash: string | null; curve?: string; bytes?: number }> =
  new Map([
    [8, { hash: 'sha256' }],
    [10, { hash: 'sha512' }],
    [13, { hash: 'sha256', curve: 'P-256', bytes: 32 }],
    [14, { hash: 'sha384', curve: 'P-384', bytes: 48 }],
    [15, { hash: null, curve: 'Ed25519', bytes: 32 }],
    [16, { hash: null, curve: 'Ed448', bytes: 57 }],
  ]);

const DIGESTS: ReadonlyMap<number, string> = new Map([
  [1, 'sha1'],
  [2, 'sha256'],
  [4, 'sha384'],
]);

const ZONE_KEY_FLAG = 0x0100;
const REVOKED_FLAG = 0x0080;
const PROTOCOL = 3;
const KEY_HEAD_BYTES = 4;
const RSA_BYTES_MIN = 64;
const RSA_BYTES_MAX = 512;
const RSA_EXPONENT_BYTES_MAX = 8;

export function isSupported(algorithm: number): boolean {
  return ALGORITHMS.has(algorithm);
}

export function hashOf(algorithm: number): string | null | undefined {
  return ALGORITHMS.get(algorithm)?.hash;
}

/** undefined when it is no key that may sign a zone. */
export function readKey(data: Buffer): ZoneKey | undefined {
  if (data.length <= KEY_HEAD_BYTES || data[2] !== PROTOCOL) return undefined;
  const flags = data.readUInt16BE(0);
  if ((flags & ZONE_KEY_FLAG) === 0 || (flags & REVOKED_FLAG) !== 0) return undefined;
  return { flags, algorithm: data[3] ?? 0, tag: keyTag(data), data };
}

export function readSigner(data: Buffer): DelegationSigner | undefined {
  if (data.length <= KEY_HEAD_BYTES) return undefined;
  return {
    keyTag: data.readUInt16BE(0),
    algorithm: data[2] ?? 0,
    digestType: data[3] ?? 0,
    digest: data.subarray(KEY_HEAD_BYTES),
  };
}

/** `tag algorithm type digest`, with or without the owner and type of the record before it. */
export function anchorOf(text: string): DelegationSigner | undefined {
  const [, tag, algorithm, type, digest = ''] =
    /(?:^|\bDS\s+)(\d+)\s+(\d+)\s+(\d+)\s+([0-9A-Fa-f\s]+)$/.exec(text.trim()) ?? [];
  if (tag === undefined) return undefined;
  return {
    keyTag: Number(tag),
    algorithm: Number(algorithm),
    digestType: Number(type),
    digest: Buffer.from(digest.replaceAll(/\s/g, ''), 'hex'),
  };
}

/** Whether we know both the algorithm and the digest. */
export function canJudge({ algorithm, digestType }: DelegationSigner): boolean {
  return isSupported(algorithm) && DIGESTS.has(digestType);
}

export function vouchesFor(signer: DelegationSigner, zone: string, key: ZoneKey): boolean {
  const hash = DIGESTS.get(signer.digestType);
  if (hash === undefined || signer.keyTag !== key.tag || signer.algorithm !== key.algorithm) {
    return false;
  }
  const digest = createHash(hash).update(nameBytes(zone)).update(key.data).digest();
  return digest.equals(signer.digest);
}

/** undefined when it is not sound or not supported. */
export function publicKeyOf({ algorithm, data }: ZoneKey): KeyObject | undefined {
  const known = ALGORITHMS.get(algorithm);
  if (known === undefined) return undefined;
  const bytes = data.subarray(KEY_HEAD_BYTES);
  const key = known.curve === undefined ? rsaKey(bytes) : curveKey(bytes, known.curve, known.bytes);
  if (key === undefined) return undefined;
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** RFC 4034 appendix B. */
function keyTag(data: Buffer): number {
  let sum = 0;
  for (const [at, byte] of data.entries()) sum += at % 2 === 0 ? byte << 8 : byte;
  return (sum + (sum >>> 16)) & 0xffff;
}

/** RFC 3110 section 2. */
function rsaKey(bytes: Buffer): Record<string, string> | undefined {
  const isLong = bytes[0] === 0 && bytes.length > 3;
  const length = isLong ? bytes.readUInt16BE(1) : (bytes[0] ?? 0);
  const at = isLong ? 3 : 1;
  const [exponent, modulus] = [bytes.subarray(at, at + length), bytes.subarray(at + length)];
  const sound = length > 0 && length <= RSA_EXPONENT_BYTES_MAX;
  if (!sound || modulus.length < RSA_BYTES_MIN || modulus.length > RSA_BYTES_MAX) return undefined;
  return { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') };
}

function curveKey(bytes: Buffer, crv: string, size = 0): Record<string, string> | undefined {
  if (crv.startsWith('Ed')) {
    if (bytes.length !== size) return undefined;
    return { kty: 'OKP', crv, x: bytes.toString('base64url') };
  }
  if (bytes.length !== size * 2) return undefined;
  const [x, y] = [bytes.subarray(0, size), bytes.subarray(size)];
  return { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') };
}
