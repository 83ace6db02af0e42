// The audit log of verifications: one record for each, whatever its outcome and whatever kind of check
// made it, for whoever has to show later what was trusted when and why.

import type { TlsFacts } from '@holdfast/resources/result';

export interface TlsAuditRecord {
  /** Wall time. */
  atMs: number;
  /** Address and port that were connected to. */
  peerIp: string;
  peerPort: number;
  /** Name or address that the certificate had to be for. */
  serverName: string;
  /** Of the policy that decided. */
  policy: string;
  trusted: boolean;
  /** Code and message of the fault, when it is not trusted. */
  faultCode?: string;
  reason?: string;
  /** false: the check goes on without trust. */
  enforced: boolean;
  version: string;
  cipher: string;
  /** Of the leaf; absent when the peer showed no certificate. */
  fingerprint256?: string;
  issuer?: string;
  /** What is known of its revocation. */
  revocation: 'good' | 'revoked' | 'unknown';
  verificationMs: number;
}

/** Of one runner. */
export interface TlsAuditEntry extends TlsAuditRecord {
  /** The check that asked; both are absent for the endpoint of a token, which serves several. */
  namespace?: string;
  check?: string;
}

/** Is called in the middle of a measurement: it must be quick and must not throw. */
export type TlsAudit = (record: TlsAuditRecord) => void;

/** What of a record can be read from the facts of the handshake. */
export function auditedFacts({
  version,
  cipher,
  chain,
}: TlsFacts): Pick<TlsAuditRecord, 'version' | 'cipher' | 'fingerprint256' | 'issuer'> {
  const [leaf] = chain;
  if (leaf === undefined) return { version, cipher };
  const { fingerprint256, issuer } = leaf;
  return { version, cipher, fingerprint256, issuer };
}

export function auditedVerdict(
  fault: { code: string; message: string } | undefined,
): Pick<TlsAuditRecord, 'trusted' | 'faultCode' | 'reason'> {
  if (fault === undefined) return { trusted: true };
  return { trusted: false, faultCode: fault.code, reason: fault.message };
}
