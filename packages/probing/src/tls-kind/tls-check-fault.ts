// The faults that only checks of kind `tls` raise, each with the facts of its case.

import { type Fault, fault } from '@holdfast/kernel';
import type { Revocation } from './revocation.ts';

export function revokedFault({ thisUpdateMs, cached }: Revocation): Fault {
  const since = thisUpdateMs === undefined ? '' : ` of ${new Date(thisUpdateMs).toISOString()}`;
  const answer = cached ? 'an OCSP answer stapled earlier' : 'the stapled OCSP answer';
  return fault(
    'TLS_CERTIFICATE_REVOKED',
    `The certificate is revoked: ${answer}${since} says so.`,
    'tls',
  );
}

export function weakCertificateFault(subject: string, weakness: string): Fault {
  return fault(
    'TLS_CERTIFICATE_WEAK',
    `The certificate of ${subject} does not hold: ${weakness}.`,
    'tls',
  );
}

/** Of an expectation of a staple that did not hold. */
export function stapleFault({ stapled, status, problem }: Revocation): Fault {
  const why = !stapled
    ? 'no OCSP answer was stapled'
    : problem !== undefined
      ? `the stapled OCSP answer is not believed: ${problem}`
      : `the stapled OCSP answer says ${status}`;
  return fault(
    'TLS_STAPLE_MISSING',
    `A stapled OCSP answer that says good is wanted, but ${why}.`,
    'tls',
  );
}

export function versionFault(version: string, versionMin: string): Fault {
  return fault(
    'TLS_VERSION_OLD',
    `The connection speaks ${version}, wanted at least ${versionMin}.`,
    'tls',
  );
}

export function suiteFault(suite: string, weakness: string): Fault {
  return fault('TLS_SUITE_WEAK', `The suite ${suite} is weak: ${weakness}.`, 'tls');
}
