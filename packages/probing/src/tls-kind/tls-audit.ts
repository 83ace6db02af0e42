// The audit log of verifications: one record for each, whatever its outcome, for whoever has to show
// later what was trusted when and why.

import type { TlsCheckSpec } from '@holdfast/resources/compiled-check';
import type { TlsEvidence } from './tls-evidence.ts';
import type { TlsPolicy, TlsPolicyContext, TlsVerdict } from './tls-policy.ts';

export interface TlsAuditRecord {
  /** Wall time. */
  atMs: number;
  host: string;
  port: number;
  serverName: string;
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

/** Is called in the middle of a measurement: it must be quick and must not throw. */
export type TlsAudit = (record: TlsAuditRecord) => void;

export function auditRecord(
  spec: TlsCheckSpec,
  policy: TlsPolicy,
  { serverName, atMs }: TlsPolicyContext,
  { tls, revocation }: TlsEvidence,
  verdict: TlsVerdict,
  verificationMs: number,
): TlsAuditRecord {
  const [leaf] = tls.chain;
  return {
    atMs,
    host: spec.host,
    port: spec.port,
    serverName,
    policy: policy.name,
    trusted: verdict.trusted,
    ...(verdict.trusted ? {} : { faultCode: verdict.fault.code, reason: verdict.fault.message }),
    enforced: spec.tls.verify,
    version: tls.version,
    cipher: tls.cipher,
    ...(leaf === undefined ? {} : { fingerprint256: leaf.fingerprint256, issuer: leaf.issuer }),
    revocation: revocation.status ?? 'unknown',
    verificationMs,
  };
}
