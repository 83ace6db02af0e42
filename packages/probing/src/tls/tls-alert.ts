// What a peer says by a TLS alert that ends the connection (RFC 8446 section 6). With TLS 1.3 a server
// that refuses our certificate says so only after the handshake was over for us, at the first read:
// the same words are found for it then. OpenSSL's codes decide, never its wordings.

import { type Fault, fault, type PhaseName } from '@holdfast/kernel';

/** `ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED`, `ERR_SSL_TLSV1_UNRECOGNIZED_NAME`: then the alert's name. */
const ALERT_CODE = /^ERR_SSL_(?:.*ALERT_|TLSV1_)([A-Z_]+)$/;

/** Alerts that speak of the certificate that we showed, or did not show. */
const OF_OUR_CERTIFICATE: ReadonlyMap<string, string> = new Map([
  ['CERTIFICATE_REQUIRED', 'it wants a client certificate and got none'],
  ['NO_CERTIFICATE', 'it wants a client certificate and got none'],
  ['BAD_CERTIFICATE', 'it does not take the client certificate that it was shown'],
  ['UNSUPPORTED_CERTIFICATE', 'it takes no client certificates of this type'],
  ['CERTIFICATE_REVOKED', 'to it the client certificate is revoked'],
  ['CERTIFICATE_EXPIRED', 'to it the client certificate has expired'],
  ['CERTIFICATE_UNKNOWN', 'it does not take the client certificate, for a reason it does not tell'],
  ['UNKNOWN_CA', 'it does not know the authority that issued the client certificate'],
  ['ACCESS_DENIED', 'it knows the client certificate and does not let its owner in'],
]);

const OF_THE_HANDSHAKE: ReadonlyMap<string, string> = new Map([
  [
    'HANDSHAKE_FAILURE',
    'there is no suite or signature in common, or it wants a client certificate',
  ],
  ['PROTOCOL_VERSION', 'there is no version in common'],
  ['INSUFFICIENT_SECURITY', 'what we offer is too weak for it'],
  ['UNRECOGNIZED_NAME', 'it does not know the server name that it was asked for'],
  ['NO_APPLICATION_PROTOCOL', 'it speaks none of the protocols offered (ALPN)'],
]);

/** undefined when the error is no alert. */
export function alertFault(code: string | undefined, phase: PhaseName): Fault | undefined {
  const name = ALERT_CODE.exec(code ?? '')?.[1];
  if (name === undefined) return undefined;
  const words = `the alert ${name.toLowerCase()}`;
  const refusal = OF_OUR_CERTIFICATE.get(name);
  if (refusal !== undefined) {
    return fault('TLS_CLIENT_REFUSED', `The peer ended TLS by ${words}: ${refusal}.`, phase);
  }
  const meaning = OF_THE_HANDSHAKE.get(name);
  const why = meaning === undefined ? '' : `: ${meaning}`;
  if (phase === 'tls') {
    return fault('TLS_HANDSHAKE_FAILED', `The TLS handshake failed by ${words}${why}.`, 'tls');
  }
  return fault('PROTOCOL_CLOSED_EARLY', `The peer ended TLS by ${words}${why}.`, phase);
}

/** Of a connection that was secured and then broke within TLS; undefined when it broke below it. */
export function brokenTlsFault(
  { code, reason, message }: { code?: string; reason?: string; message: string },
  phase: PhaseName,
): Fault | undefined {
  if (code?.startsWith('ERR_SSL_') !== true) return undefined;
  const what = `In the ${phase} phase the peer broke TLS: ${reason ?? message}.`;
  return alertFault(code, phase) ?? fault('PROTOCOL_INVALID_ANSWER', what, phase);
}
