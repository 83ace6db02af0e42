// Whether what a handshake showed is to be trusted. The strict policy asks in the order of what is
// worst for a client: the chain, the name, revocation, strength. Another policy may be handed to the
// prober; it decides on evidence alone, must be quick and must not throw.

import type { Fault } from '@holdfast/kernel';
import { chainFault, nameFault } from '../tls/tls-fault.ts';
import type { RevocationKnowledge } from './revocation.ts';
import { revokedFault, weakCertificateFault } from './tls-check-fault.ts';
import type { TlsEvidence } from './tls-evidence.ts';
import { keyWeakness, signatureWeakness } from './weakness.ts';

export interface TlsPolicyContext {
  /** Name or address the certificate must be for. */
  serverName: string;
  /** Wall time of the verification. */
  atMs: number;
}

export type TlsVerdict = { trusted: true } | { trusted: false; fault: Fault };

export interface TlsPolicy {
  /** For the audit log. */
  readonly name: string;
  verify(evidence: TlsEvidence, context: TlsPolicyContext): TlsVerdict;
}

/** A policy at work, with what it remembers between handshakes. */
export interface TlsVerification {
  readonly policy: TlsPolicy;
  readonly revocations: RevocationKnowledge;
}

export const strictPolicy: TlsPolicy = {
  name: 'strict',
  verify(evidence, { serverName }) {
    const fault = strictFault(evidence, serverName);
    return fault === undefined ? { trusted: true } : { trusted: false, fault };
  },
};

function strictFault(evidence: TlsEvidence, serverName: string): Fault | undefined {
  const { tls, chainError, nameHolds, revocation } = evidence;
  if (chainError !== undefined) return chainFault(chainError, tls.chain);
  if (!nameHolds) return nameFault(serverName, tls.chain[0]);
  if (revocation.status === 'revoked') return revokedFault(revocation);
  return weakFault(evidence);
}

function weakFault({ tls, signatureAlgorithms }: TlsEvidence): Fault | undefined {
  for (const [index, certificate] of tls.chain.entries()) {
    const weakness =
      keyWeakness(certificate.publicKey) ?? signatureWeakness(signatureAlgorithms[index]);
    if (weakness !== undefined) return weakCertificateFault(certificate.subject, weakness);
  }
  return undefined;
}
