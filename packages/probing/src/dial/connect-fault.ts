// From the system's error codes to faults of the catalogue. The code alone decides, never the
// wording of a message, which changes between versions.

import { type Fault, type FaultCode, fault, type PhaseName } from '@holdfast/kernel';
import { brokenTlsFault } from '../tls/tls-alert.ts';

export interface SystemError {
  code?: string;
  syscall?: string;
  /** Of errors that came from OpenSSL. */
  reason?: string;
  message: string;
}

const FAULT_OF_CODE: ReadonlyMap<string | undefined, FaultCode> = new Map<string, FaultCode>([
  ['ECONNREFUSED', 'CONNECT_REFUSED'],
  ['EHOSTUNREACH', 'CONNECT_UNREACHABLE'],
  ['ENETUNREACH', 'CONNECT_UNREACHABLE'],
  ['EHOSTDOWN', 'CONNECT_UNREACHABLE'],
  // Our own interface is down.
  ['ENETDOWN', 'PROBER_NO_ROUTE'],
  // A local packet filter forbids the way out.
  ['EACCES', 'CONNECT_UNREACHABLE'],
  ['EPERM', 'CONNECT_UNREACHABLE'],
  // A link-local address without its zone.
  ['EINVAL', 'CONNECT_UNREACHABLE'],
  // Nobody here speaks this IP version.
  ['EAFNOSUPPORT', 'PROBER_NO_ROUTE'],
  ['ECONNRESET', 'CONNECT_RESET'],
  ['ECONNABORTED', 'CONNECT_RESET'],
  ['EPIPE', 'CONNECT_RESET'],
  ['EMFILE', 'PROBER_OUT_OF_DESCRIPTORS'],
  ['ENFILE', 'PROBER_OUT_OF_DESCRIPTORS'],
  ['ENOBUFS', 'PROBER_OUT_OF_DESCRIPTORS'],
  ['ENOMEM', 'PROBER_OUT_OF_DESCRIPTORS'],
]);

const MEANING: ReadonlyMap<string | undefined, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'no route to the host'],
  ['ENETUNREACH', 'no route to the network'],
  ['ETIMEDOUT', 'no answer from the host'],
  ['ECONNRESET', 'connection reset by the peer'],
  ['EPIPE', 'the peer had closed the connection'],
  ['EMFILE', 'no file descriptor left for a socket'],
  ['ENFILE', 'no file descriptor left on this machine'],
  ['EADDRNOTAVAIL', 'no local address or port to connect from'],
]);

/** The fault of a connection attempt that failed. */
export function connectFaultCode(error: SystemError, version: 4 | 6): FaultCode {
  // The kernel gave up before our deadline: the packets went nowhere.
  if (error.code === 'ETIMEDOUT') return 'CONNECT_UNREACHABLE';
  // Over IPv4 this means that the local ports are used up; over IPv6 that we have no such address.
  if (error.code === 'EADDRNOTAVAIL') return version === 6 ? 'PROBER_NO_ROUTE' : 'PROBER_FAILED';
  return FAULT_OF_CODE.get(error.code) ?? 'PROBER_FAILED';
}

/** The fault of a connection that stood and then broke. */
export function brokenFault(error: SystemError, phase: PhaseName): Fault {
  const brokenTls = brokenTlsFault(error, phase);
  if (brokenTls !== undefined) return brokenTls;
  const code = error.code === 'ETIMEDOUT' ? 'CONNECT_RESET' : FAULT_OF_CODE.get(error.code);
  return fault(code ?? 'PROBER_FAILED', `In the ${phase} phase: ${meaningOf(error)}.`, phase);
}

/** `connection refused (ECONNREFUSED)` */
export function meaningOf(error: SystemError): string {
  const meaning = MEANING.get(error.code);
  if (meaning === undefined) return error.message;
  return error.code === undefined ? meaning : `${meaning} (${error.code})`;
}
