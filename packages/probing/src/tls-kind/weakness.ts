// What makes a suite or a certificate weak. The handshake offered more than a careful client would, to
// see what the peer takes, so everything that OpenSSL then lets pass is judged here instead.

import type { EphemeralKey } from './tls-evidence.ts';

/** What NIST and OpenSSL's security level 2 ask for: 112 bits of strength. */
const RSA_BITS_MIN = 2048;
const CURVE_BITS_MIN = 224;

const SUITE_WEAKNESSES: readonly [part: RegExp, reason: string][] = [
  [/_NULL(_|$)/, 'it does not encrypt'],
  [/_anon_/, 'the server is not authenticated'],
  [/EXPORT/, 'its keys are short on purpose'],
  [/_RC4_/, 'RC4 is broken'],
  [/_3DES_|_DES_|_DES40_|_RC2_|_IDEA_/, 'its blocks of 64 bits are too small'],
  [/_MD5$/, 'MD5 is broken'],
  [/_CBC_SHA$/, 'CBC with SHA-1 leaks by its timing'],
];
const FORWARD_SECRET = /_(?:EC)?DHE_/;
const WEAK_SIGNATURE = /sha-?1(?!\d)|md[245]/i;

/** Why not to rely on the suite, by its name in the IANA registry; undefined = nothing known against it. */
export function suiteWeakness(
  version: string,
  suite: string,
  key: EphemeralKey,
): string | undefined {
  const found = SUITE_WEAKNESSES.find(([part]) => part.test(suite));
  if (found !== undefined) return found[1];
  if (version !== 'TLSv1.3' && !FORWARD_SECRET.test(suite)) return 'it has no forward secrecy';
  const bitsMin = key.type === 'DH' ? RSA_BITS_MIN : CURVE_BITS_MIN;
  if (key.size !== undefined && key.size < bitsMin) {
    return `its exchanged key has only ${key.size} bits`;
  }
  return undefined;
}

/** `publicKey` as in CertificateFacts: `RSA 2048`, `EC prime256v1`. */
export function keyWeakness(publicKey: string): string | undefined {
  const [kind = '', size = ''] = publicKey.split(' ');
  const bits = Number(/\d{2,}/.exec(size)?.[0]);
  const isCurve = kind === 'EC';
  const isSized = isCurve || kind.startsWith('RSA') || kind === 'DSA';
  if (!isSized || !(bits < (isCurve ? CURVE_BITS_MIN : RSA_BITS_MIN))) return undefined;
  return `its key (${publicKey}) is too short`;
}

/** `algorithm` as OpenSSL names it, such as `sha1WithRSAEncryption`. */
export function signatureWeakness(algorithm: string | undefined): string | undefined {
  if (algorithm === undefined || !WEAK_SIGNATURE.test(algorithm)) return undefined;
  return `it is signed with ${algorithm}, which can be forged`;
}
