// Writes what is worth reading of the audit of TLS verifications into the log: each one that failed,
// the first of each check and server, and each whose outcome is another than the one before. A check
// that is well and stays so writes nothing.

import type { Logger } from '@holdfast/kernel';
import { BoundedCache } from '../bounded-cache.ts';
import type { TlsAuditEntry } from '../tls/tls-audit.ts';

/** Checks and servers whose last outcome is remembered. */
const OUTCOMES_MAX = 10_000;

/** See ProbeRunnerOptions.audit. */
export function auditLog(logger: Logger): (entry: TlsAuditEntry) => void {
  const outcomes = new BoundedCache<string, string>(OUTCOMES_MAX);
  return (entry) => {
    const { namespace, check, serverName, peerIp, trusted, faultCode, fingerprint256 } = entry;
    const about = JSON.stringify([namespace, check, serverName, peerIp]);
    const outcome = JSON.stringify([trusted, faultCode, fingerprint256]);
    const isSame = outcomes.get(about) === outcome;
    outcomes.set(about, outcome);
    if (trusted && isSame) return;
    const fields = { audit: 'tls', ...entry };
    if (trusted) logger.info('A certificate was trusted.', fields);
    else logger.warn('A certificate was not trusted.', fields);
  };
}
