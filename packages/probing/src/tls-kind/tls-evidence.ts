// What one handshake showed, gathered once it was over: everything that a policy may decide on and
// everything that is kept. Chains are walked to a bound, whatever the peer sends.

import type { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import type { TlsFacts } from '@holdfast/resources/result';
import { seenCertificate } from '../tls/certificate-facts.ts';
import type { Revocation, RevocationKnowledge } from './revocation.ts';
import { trustedCertificates } from './trusted-certificates.ts';

/** How the keys of the connection were agreed on; nothing for RSA key transport. */
export interface EphemeralKey {
  type?: string;
  name?: string;
  /** In bits. */
  size?: number;
}

export interface TlsEvidence {
  tls: TlsFacts;
  /** OpenSSL's code for what is wrong with the chain; absent when it leads to a trusted authority. */
  chainError?: string;
  /** Whether the leaf is for the name that was asked for. */
  nameHolds: boolean;
  /** Of the certificates in tls.chain, in its order; absent for one that signed itself. */
  signatureAlgorithms: (string | undefined)[];
  /** Certificates that the peer showed, counted to CHAIN_COUNT_MAX. */
  chainLength: number;
  revocation: Revocation;
  ephemeralKey: EphemeralKey;
}

/** OpenSSL verifies no longer ones. */
const CHAIN_COUNT_MAX = 101;

/** A handshake that is over. */
export interface EndedHandshake {
  socket: TLSSocket;
  facts: TlsFacts;
  /** Name or address that the certificate has to be for. */
  serverName: string;
  /** PEM of the check's own authorities. */
  ca: string | undefined;
  /** DER, as stapled. */
  staple: Buffer | undefined;
  /** Wall time. */
  atMs: number;
}

export function gatherEvidence(
  { socket, facts, serverName, ca, staple, atMs }: EndedHandshake,
  revocations: RevocationKnowledge,
): TlsEvidence {
  const shown = shownCertificates(socket);
  const [leaf] = shown;
  const issuers = [...shown.slice(1), ...trustedCertificates(ca)];
  const revocation =
    leaf === undefined
      ? { stapled: false, cached: false }
      : revocations.look(leaf, issuers, staple, atMs);
  return evidenceOf(socket, facts, serverName, shown, revocation);
}

/** As the peer showed them, leaf first. */
function shownCertificates(socket: TLSSocket): X509Certificate[] {
  const shown: X509Certificate[] = [];
  let certificate = socket.getPeerX509Certificate();
  while (certificate !== undefined && shown.length < CHAIN_COUNT_MAX) {
    shown.push(certificate);
    certificate = certificate.issuerCertificate;
  }
  return shown;
}

function evidenceOf(
  socket: TLSSocket,
  tls: TlsFacts,
  serverName: string,
  shown: readonly X509Certificate[],
  revocation: Revocation,
): TlsEvidence {
  const leaf = shown[0] && seenCertificate(shown[0]);
  const chainError = socket.authorized ? {} : { chainError: String(socket.authorizationError) };
  return {
    tls,
    ...chainError,
    nameHolds: leaf !== undefined && checkServerIdentity(serverName, leaf.legacy) === undefined,
    signatureAlgorithms: shown.slice(0, tls.chain.length).map(signatureAlgorithmOf),
    chainLength: shown.length,
    revocation,
    ephemeralKey: (socket.getEphemeralKeyInfo() ?? {}) as EphemeralKey,
  };
}

/** Nobody relies on how a root signed itself. */
function signatureAlgorithmOf(certificate: X509Certificate): string | undefined {
  const signedItself = certificate.subject === certificate.issuer;
  return signedItself ? undefined : certificate.signatureAlgorithm;
}
