// The status that ends a gRPC call: read from trailers (or from the headers of an answer that has
// nothing else), named, and told as a fault when the check expected another.

import { type Fault, type FaultCode, fault } from '@holdfast/kernel';
import type { HeaderFields } from '../http/response-head.ts';

/** By code; https://grpc.io/docs/guides/status-codes/ */
export const GRPC_STATUS_NAMES: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

export interface GrpcStatus {
  code: number;
  /** Codes that gRPC does not know count as UNKNOWN. */
  name: string;
  /** Decoded and cut; empty when there is none. */
  message: string;
}

const MESSAGE_LENGTH_MAX = 512;

const FAULT_CODES: ReadonlyMap<string, FaultCode> = new Map<string, FaultCode>([
  ['UNAVAILABLE', 'SERVER_FAILED'],
  ['INTERNAL', 'SERVER_FAILED'],
  ['UNKNOWN', 'SERVER_FAILED'],
  ['DATA_LOSS', 'SERVER_FAILED'],
  ['UNAUTHENTICATED', 'REFUSED_BY_SERVER'],
  ['PERMISSION_DENIED', 'REFUSED_BY_SERVER'],
  ['NOT_FOUND', 'REFUSED_BY_SERVER'],
  ['UNIMPLEMENTED', 'REFUSED_BY_SERVER'],
  ['INVALID_ARGUMENT', 'REFUSED_BY_SERVER'],
  ['RESOURCE_EXHAUSTED', 'REFUSED_BY_SERVER'],
  // Its clock and ours run out together: which of the two tells first must not change the verdict.
  ['DEADLINE_EXCEEDED', 'TIMEOUT'],
]);

const CURES: ReadonlyMap<FaultCode, string> = new Map<FaultCode, string>([
  ['SERVER_FAILED', 'The server answered that it failed: look at its log for this call.'],
  ['REFUSED_BY_SERVER', 'The server refused the call: check method, payload and metadata.'],
  ['TIMEOUT', 'The server, or one behind it, was too slow: look there first, or raise `timeout`.'],
  ['ASSERTION_GRPC_STATUS', 'The call ended with another status than `expect.codes` allows.'],
]);

/** `absent`: there is none in these headers; `invalid`: what is there is no status. */
export function statusOf(headers: HeaderFields): GrpcStatus | 'absent' | 'invalid' {
  const written = headers.get('grpc-status');
  if (written === undefined) return 'absent';
  if (!/^\d{1,9}$/.test(written)) return 'invalid';
  const code = Number(written);
  const message = headers.get('grpc-message') ?? '';
  return {
    code,
    name: GRPC_STATUS_NAMES[code] ?? 'UNKNOWN',
    message: percentDecoded(message).slice(0, MESSAGE_LENGTH_MAX),
  };
}

/** A call that ended with a status that the check did not expect. */
export function statusFault({ name, code, message }: GrpcStatus, wanted: readonly string[]): Fault {
  const said = message === '' ? '' : `: ${message}`;
  const faultCode = FAULT_CODES.get(name) ?? 'ASSERTION_GRPC_STATUS';
  const text = `The call ended with ${name} (${code})${said}; wanted ${wanted.join(', ')}.`;
  return fault(faultCode, text, undefined, CURES.get(faultCode));
}

/** UTF-8 in percent signs, as gRPC writes messages; what encodes nothing stands for itself. */
export function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (encoded) =>
    Buffer.from(encoded.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
