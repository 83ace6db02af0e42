// Whether an OCSP answer may be believed about a certificate (RFC 6960 section 3.2): it speaks of this
// very certificate, it is signed by the issuer or by a responder the issuer named for that, and it is
// of now. The issuer must have signed the certificate itself: nobody else's word counts.

import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { certificateParts } from './certificate-parts.ts';
import type { OcspAnswer, OcspStatement } from './ocsp-answer.ts';

export type OcspBelief = { ok: true; statement: OcspStatement } | { ok: false; problem: string };

/** Clocks of responders and of this machine may differ by so much. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** id-kp-OCSPSigning */
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const HASHES: ReadonlyMap<string, string> = new Map([
  ['2b0e03021a', 'sha1'],
  ['608648016503040201', 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
]);
/** Kind of key and hash by object identifier. SHA-1 is left out: such signatures can be forged. */
const SIGNATURES: ReadonlyMap<string, [key: string, hash: string | null]> = new Map([
  ['2a864886f70d01010b', ['rsa', 'sha256']],
  ['2a864886f70d01010c', ['rsa', 'sha384']],
  ['2a864886f70d01010d', ['rsa', 'sha512']],
  ['2a8648ce3d040302', ['ec', 'sha256']],
  ['2a8648ce3d040303', ['ec', 'sha384']],
  ['2a8648ce3d040304', ['ec', 'sha512']],
  ['2b6570', ['ed25519', null]],
  ['2b6571', ['ed448', null]],
]);

export function believeOcsp(
  answer: OcspAnswer,
  leaf: X509Certificate,
  issuer: X509Certificate,
  atMs: number,
): OcspBelief {
  try {
    const statement = answer.statements.find((one) => speaksOf(one, leaf, issuer));
    if (statement === undefined) return not('it speaks of another certificate');
    const signer = signerOf(answer, issuer, atMs);
    if (signer === undefined) return not('its signer was not named by the issuer');
    if (!isSigned(answer, signer)) return not('its signature does not hold');
    const untimely = untimeliness(statement, atMs);
    return untimely === undefined ? { ok: true, statement } : not(untimely);
  } catch (error) {
    // Keys of kinds that this OpenSSL does not know.
    return not(`it cannot be verified: ${(error as Error).message}`);
  }
}

/** The one of them that signed the certificate. */
export function issuerOf(
  leaf: X509Certificate,
  candidates: readonly X509Certificate[],
): X509Certificate | undefined {
  return candidates.find((candidate) => isIssuedBy(leaf, candidate));
}

function not(problem: string): OcspBelief {
  return { ok: false, problem };
}

function speaksOf(one: OcspStatement, leaf: X509Certificate, issuer: X509Certificate): boolean {
  const hash = HASHES.get(one.hashAlgorithm);
  const leafParts = certificateParts(leaf);
  const issuerParts = certificateParts(issuer);
  if (hash === undefined || leafParts === undefined || issuerParts === undefined) return false;
  return (
    one.serialNumber === leafParts.serialNumber &&
    one.issuerNameHash.equals(createHash(hash).update(issuerParts.subjectName).digest()) &&
    one.issuerKeyHash.equals(createHash(hash).update(issuerParts.publicKey).digest())
  );
}

function signerOf(
  answer: OcspAnswer,
  issuer: X509Certificate,
  atMs: number,
): KeyObject | undefined {
  if (isResponder(answer, issuer)) return issuer.publicKey;
  for (const der of answer.certificates) {
    const certificate = certificateOf(der);
    if (certificate !== undefined && isResponder(answer, certificate)) {
      if (isDelegated(certificate, issuer, atMs)) return certificate.publicKey;
    }
  }
  return undefined;
}

/** Named by its subject, or by the SHA-1 of its key. */
function isResponder({ responder }: OcspAnswer, certificate: X509Certificate): boolean {
  const parts = certificateParts(certificate);
  if (parts === undefined) return false;
  if ('name' in responder) return responder.name.equals(parts.subjectName);
  return responder.keyHash.equals(createHash('sha1').update(parts.publicKey).digest());
}

function isDelegated(certificate: X509Certificate, issuer: X509Certificate, atMs: number): boolean {
  // Absent when the certificate names no purposes, which the types do not know.
  const purposes: readonly string[] | undefined = certificate.keyUsage;
  const isForThis = purposes?.includes(OCSP_SIGNING) === true;
  const isOfNow =
    certificate.validFromDate.getTime() <= atMs && atMs <= certificate.validToDate.getTime();
  return isForThis && isOfNow && isIssuedBy(certificate, issuer);
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function isSigned({ signed, signature, signatureAlgorithm }: OcspAnswer, key: KeyObject): boolean {
  const [kind, hash] = SIGNATURES.get(signatureAlgorithm) ?? [];
  if (kind === undefined || hash === undefined || key.asymmetricKeyType !== kind) return false;
  return verify(hash, signed, key, signature);
}

function untimeliness(
  { thisUpdateMs, nextUpdateMs }: OcspStatement,
  atMs: number,
): string | undefined {
  if (thisUpdateMs > atMs + CLOCK_SKEW_MS) return `it is of the future: ${instant(thisUpdateMs)}`;
  if (nextUpdateMs !== undefined && nextUpdateMs < atMs - CLOCK_SKEW_MS) {
    return `it was valid until ${instant(nextUpdateMs)}`;
  }
  return undefined;
}

function certificateOf(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
