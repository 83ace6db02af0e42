// What can be wrong with a thing that we asked. A fault is a value, never thrown: an expected
// outcome that users read, filter and alert on. The classes are fixed and run from the network to
// the application; `prober` means that we ourselves were at fault and makes a result invalid.

import { PROBER_FAULTS } from './prober-faults.ts';

export type FaultClass =
  | 'name'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'protocol'
  | 'refusal'
  | 'server'
  | 'assertion'
  | 'prober';

export type PhaseName = 'resolve' | 'connect' | 'tls' | 'write' | 'wait' | 'transfer';

export interface Fault {
  class: FaultClass;
  /** A key of FAULTS. */
  code: string;
  /** The status a gateway would answer with for it. */
  httpStatus: number;
  /** The phase that was running. */
  phase?: PhaseName;
  /** What happened, with the facts of this case; never holds a secret. */
  message: string;
  /** What to try, for the person who reads it. */
  cure?: string;
}

export interface FaultEntry {
  class: FaultClass;
  httpStatus: number;
  cure: string;
}

/** Every fault code that our probers raise. Codes are stable: never rename, never reuse. */
export const FAULTS = {
  NAME_NOT_FOUND: {
    class: 'name',
    httpStatus: 502,
    cure: 'Check the spelling of the host name and that it has an A or AAAA record.',
  },
  NAME_SERVER_FAILED: {
    class: 'name',
    httpStatus: 502,
    cure: 'The resolver failed, not the target: ask the same name at another resolver.',
  },
  NAME_DELEGATION_BROKEN: {
    class: 'name',
    httpStatus: 502,
    cure: 'The servers of this zone refuse, refer elsewhere or form a circle: check its NS records and glue.',
  },
  NAME_BOGUS: {
    class: 'name',
    httpStatus: 502,
    cure: 'Signatures or DS records are wrong: sign the zone anew and compare its DS with its keys.',
  },
  NAME_NO_ADDRESS: {
    class: 'name',
    httpStatus: 502,
    cure: 'The name has no address of the wanted IP version: add one, or change `ip`.',
  },
  CONNECT_REFUSED: {
    class: 'connect',
    httpStatus: 503,
    cure: 'Nothing listens on that port: check that the service runs and its address and port.',
  },
  CONNECT_UNREACHABLE: {
    class: 'connect',
    httpStatus: 503,
    cure: 'No route to the target: check routes, firewalls and that the host is up.',
  },
  PROXY_REFUSED: {
    class: 'connect',
    httpStatus: 502,
    cure: 'The proxy did not pass on: check its credentials, its rules and that it reaches the target.',
  },
  CONNECT_RESET: {
    class: 'connect',
    httpStatus: 503,
    cure: 'The peer or a device on the way broke the connection: look at its log at this time.',
  },
  TLS_CERTIFICATE_EXPIRED: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Renew the certificate and reload the server.',
  },
  TLS_CERTIFICATE_NOT_YET_VALID: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Check the certificate and the clocks of the server and of this machine.',
  },
  TLS_CERTIFICATE_UNTRUSTED: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Serve the whole chain, or name the issuing authority in `tls.ca`.',
  },
  TLS_NAME_MISMATCH: {
    class: 'tls',
    httpStatus: 502,
    cure: 'The certificate is for other names: issue it for this one, or set `tls.serverName`.',
  },
  TLS_CERTIFICATE_REVOKED: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Issue a new certificate with a new key and reload the server.',
  },
  TLS_CERTIFICATE_WEAK: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Issue it anew with RSA of 2048 bits or P-256, signed with SHA-256.',
  },
  TLS_STAPLE_MISSING: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Turn OCSP stapling on in the server and let it reach the responder, or set `expect.staple` to false.',
  },
  TLS_VERSION_OLD: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Turn newer versions on in the server, or lower `expect.versionMin`.',
  },
  TLS_SUITE_WEAK: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Offer ECDHE suites with AES-GCM or ChaCha20 in the server, or set `expect.weakCiphers` to true.',
  },
  TLS_CLIENT_REFUSED: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Give the check a certificate in `tls.client` that the server trusts and that still holds.',
  },
  TLS_HANDSHAKE_FAILED: {
    class: 'tls',
    httpStatus: 502,
    cure: 'Check that the port speaks TLS and that both sides share a version and a cipher.',
  },
  TIMEOUT: {
    class: 'timeout',
    httpStatus: 504,
    cure: 'The phase named here did not end in time: look there first, or raise `timeout`.',
  },
  TIMEOUT_PHASE: {
    class: 'timeout',
    httpStatus: 504,
    cure: 'One phase took longer than `timeouts` allows it: look there first, or raise its limit.',
  },
  PROTOCOL_INVALID_ANSWER: {
    class: 'protocol',
    httpStatus: 502,
    cure: 'The answer is not valid for this protocol: check that the port serves it.',
  },
  PROTOCOL_CLOSED_EARLY: {
    class: 'protocol',
    httpStatus: 502,
    cure: 'The peer closed before the answer was whole: look for a crash or a proxy limit.',
  },
  PROTOCOL_LIMIT_EXCEEDED: {
    class: 'protocol',
    httpStatus: 502,
    cure: 'The answer is larger than the limit allows: raise the limit or ask for less.',
  },
  PROTOCOL_REDIRECTS_EXCEEDED: {
    class: 'protocol',
    httpStatus: 502,
    cure: 'Look for a redirect loop, or raise `maxRedirects`.',
  },
  REFUSED_BY_SERVER: {
    class: 'refusal',
    httpStatus: 502,
    cure: 'The server refused the request (4xx): check path, method, credentials and limits.',
  },
  SERVER_FAILED: {
    class: 'server',
    httpStatus: 502,
    cure: 'The server failed (5xx): look at its log for this request.',
  },
  SERVER_NOT_SERVING: {
    class: 'server',
    httpStatus: 503,
    cure: 'The server is up and says itself that it does not serve: look at its log.',
  },
  ASSERTION_STATUS: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'The answer came, with another status than `expect.status` allows.',
  },
  ASSERTION_VERSION: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Compare `expect.versions` with what the server offers and `version` asks for.',
  },
  ASSERTION_HEADER: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Compare the header with `expect.headers`.',
  },
  ASSERTION_BODY: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Compare the body with `expect.body`.',
  },
  ASSERTION_JSON: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Compare the JSON body with `expect.json`.',
  },
  ASSERTION_BANNER: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Compare what the peer said first with `expect.banner`.',
  },
  ASSERTION_DIALOGUE: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Compare what the peer said (`peer_text`) with the step of `dialogue`.',
  },
  ASSERTION_RULE: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Evaluate `expect.that` against the result shown.',
  },
  ASSERTION_GRPC_STATUS: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Compare the status with `expect.code`, the health with `expect.serving`.',
  },
  ASSERTION_RCODE: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Compare the response code with `expect.rcode`.',
  },
  ASSERTION_RECORDS: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Compare the records with `expect.answer`, `authority` and `additional`.',
  },
  ASSERTION_SECURE: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Sign the zone and publish its DS, or set `expect.secure` to false.',
  },
  ASSERTION_LOSS: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Packets were lost on the way: look at the way there, or raise `expect.loss`.',
  },
  ASSERTION_ROUND_TRIP: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'The way there and back takes long: look at it, or raise `expect.rtt`.',
  },
  ASSERTION_JITTER: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Round trips differ much: look for congestion, or raise `expect.jitter`.',
  },
  ASSERTION_CERTIFICATE: {
    class: 'assertion',
    httpStatus: 500,
    cure: 'Renew the certificate, or change `expect.certificateDays`.',
  },
  ...PROBER_FAULTS,
} as const satisfies Record<string, FaultEntry>;

export type FaultCode = keyof typeof FAULTS;

/** Builds a fault of the catalogue. `message` states the facts of this case. */
export function fault(code: FaultCode, message: string, phase?: PhaseName, cure?: string): Fault {
  const entry: FaultEntry = FAULTS[code];
  return {
    class: entry.class,
    code,
    httpStatus: entry.httpStatus,
    ...(phase === undefined ? {} : { phase }),
    message,
    cure: cure ?? entry.cure,
  };
}
