// Certificates as facts for results. Reading one costs more than a plain probe, and a server shows
// the same ones again and again, so facts are kept by fingerprint. What a peer can make long is cut.

import type { X509Certificate } from 'node:crypto';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { CertificateFacts } from '@holdfast/resources/result';
import { BoundedCache } from '../bounded-cache.ts';

const CHAIN_LENGTH_MAX = 10;
const CERTIFICATES_MAX = 4096;
const NAMES_MAX = 100;
const TEXT_LENGTH_MAX = 256;
/** One entry of a subject alternative name as Node writes it: values with commas are JSON strings. */
const ALTERNATIVE_NAME = /(DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** One certificate that a peer showed. */
export interface SeenCertificate {
  facts: CertificateFacts;
  /** Its names in the form in which Node checks them, and nothing else of it. */
  legacy: PeerCertificate;
}

const known = new BoundedCache<string, SeenCertificate>(CERTIFICATES_MAX);

/** Leaf first, as the peer showed them: nothing of our own trust store is added. */
export function peerChain(socket: TLSSocket): SeenCertificate[] {
  const chain: SeenCertificate[] = [];
  let certificate = socket.getPeerX509Certificate();
  while (certificate !== undefined && chain.length < CHAIN_LENGTH_MAX) {
    chain.push(seenCertificate(certificate));
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

export function seenCertificate(certificate: X509Certificate): SeenCertificate {
  const fingerprint = certificate.fingerprint256;
  const before = known.get(fingerprint);
  if (before !== undefined) return before;
  const { subject, subjectaltname } = certificate.toLegacyObject();
  const seen = {
    facts: certificateFacts(certificate, fingerprint),
    legacy: { subject, subjectaltname } as PeerCertificate,
  };
  known.set(fingerprint, seen);
  return seen;
}

function certificateFacts(certificate: X509Certificate, fingerprint: string): CertificateFacts {
  return {
    fingerprint256: fingerprint.replaceAll(':', '').toLowerCase(),
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    serialNumber: certificate.serialNumber.toLowerCase(),
    names: alternativeNames(certificate.subjectAltName),
    validFromMs: certificate.validFromDate.getTime(),
    validToMs: certificate.validToDate.getTime(),
    publicKey: publicKeyName(certificate),
    certificateAuthority: certificate.ca,
  };
}

/** Node writes one attribute a line. */
function distinguishedName(text: string | undefined): string {
  return (text ?? '').split('\n').join(', ').slice(0, TEXT_LENGTH_MAX);
}

function alternativeNames(text: string | undefined): string[] {
  const names: string[] = [];
  for (const [, kind, written = ''] of (text ?? '').matchAll(ALTERNATIVE_NAME)) {
    const value = written.startsWith('"') ? String(JSON.parse(written)) : written;
    names.push(`${kind === 'DNS' ? 'DNS' : 'IP'}:${value.slice(0, TEXT_LENGTH_MAX)}`);
    if (names.length === NAMES_MAX) break;
  }
  return names;
}

/** `RSA 2048`, `EC prime256v1`, `ED25519` */
function publicKeyName(certificate: X509Certificate): string {
  try {
    const { asymmetricKeyType = 'unknown', asymmetricKeyDetails } = certificate.publicKey;
    const size = asymmetricKeyDetails?.namedCurve ?? asymmetricKeyDetails?.modulusLength;
    return size === undefined
      ? asymmetricKeyType.toUpperCase()
      : `${asymmetricKeyType.toUpperCase()} ${size}`;
  } catch {
    // A key of a kind that this Node does not know.
    return 'unknown';
  }
}
