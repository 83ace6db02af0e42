// What Node's HTTP/2 reports of a session or a stream, as a fault of the catalogue: for the one exchange
// that still goes over it. Codes decide, never wordings.

import type { Fault, PhaseName } from '@holdfast/kernel';
import { fault } from '@holdfast/kernel';
import { brokenFault, type SystemError } from '../dial/connect-fault.ts';
import { resetFault } from '../http2/http2-fault.ts';

export { closedFault, resetFault } from '../http2/http2-fault.ts';

/** `resetCode` is the stream's. */
export function http2Fault(error: SystemError, phase: PhaseName, resetCode = 0): Fault {
  const isTls = error.code?.startsWith('ERR_SSL_') === true;
  if (error.syscall !== undefined || isTls) return brokenFault(error, phase);
  if (error.code === 'ERR_HTTP2_STREAM_ERROR') return resetFault(resetCode);
  return fault('PROTOCOL_INVALID_ANSWER', `The peer does not speak HTTP/2: ${error.message}.`);
}
