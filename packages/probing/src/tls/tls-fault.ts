// From what OpenSSL says to faults of the catalogue: before the connection was secured (the handshake
// failed) and after (the certificate does not hold).

import { type Fault, type FaultCode, fault } from '@holdfast/kernel';
import type { CertificateFacts } from '@holdfast/resources/result';
import { brokenFault, type SystemError } from '../dial/connect-fault.ts';
import { alertFault } from './tls-alert.ts';

const SHOWN_NAMES_MAX = 5;

const MEANING: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its root is not among the trusted authorities'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'its issuer is not known'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its issuer is not known'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its issuer is not known and was not shown by the server'],
  ['CERT_REVOKED', 'it is revoked'],
  ['INVALID_PURPOSE', 'it is not meant for servers'],
]);

export function handshakeFault(error: SystemError): Fault {
  // Without a system call Node means that the peer ended the stream in an orderly way.
  if (error.code === 'ECONNRESET' && error.syscall === undefined) {
    return failed('the peer closed the connection');
  }
  if (error.syscall !== undefined && error.reason === undefined && error.code !== 'EPROTO') {
    return brokenFault(error, 'tls');
  }
  return alertFault(error.code, 'tls') ?? failed(error.reason ?? error.message);
}

/** `verifyError` is OpenSSL's code for the chain. */
export function chainFault(verifyError: string, chain: readonly CertificateFacts[]): Fault {
  const code = chainFaultCode(verifyError);
  return fault(
    code,
    `The certificate does not hold: ${chainReason(code, verifyError, chain)}.`,
    'tls',
  );
}

export function nameFault(serverName: string, leaf: CertificateFacts | undefined): Fault {
  const names = leaf?.names ?? [];
  const shown = names.slice(0, SHOWN_NAMES_MAX).map((name) => name.slice(name.indexOf(':') + 1));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  const held = shown.length === 0 ? 'no name' : `${shown.join(', ')}${more}`;
  return fault(
    'TLS_NAME_MISMATCH',
    `The certificate is for ${held}, not for ${serverName}.`,
    'tls',
  );
}

function chainFaultCode(verifyError: string): FaultCode {
  if (verifyError === 'CERT_HAS_EXPIRED') return 'TLS_CERTIFICATE_EXPIRED';
  if (verifyError === 'CERT_NOT_YET_VALID') return 'TLS_CERTIFICATE_NOT_YET_VALID';
  return 'TLS_CERTIFICATE_UNTRUSTED';
}

function chainReason(
  code: FaultCode,
  verifyError: string,
  chain: readonly CertificateFacts[],
): string {
  if (code === 'TLS_CERTIFICATE_EXPIRED') {
    const first = chain.reduce((end, { validToMs }) => Math.min(end, validToMs), Infinity);
    return `it expired at ${instant(first)}`;
  }
  if (code === 'TLS_CERTIFICATE_NOT_YET_VALID') {
    const last = chain.reduce((start, { validFromMs }) => Math.max(start, validFromMs), -Infinity);
    return `it is valid from ${instant(last)}`;
  }
  const meaning = MEANING.get(verifyError);
  return meaning === undefined ? verifyError : `${meaning} (${verifyError})`;
}

function instant(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : 'an unknown time';
}

function failed(reason: string): Fault {
  return fault('TLS_HANDSHAKE_FAILED', `The TLS handshake failed: ${reason}.`, 'tls');
}
