// From what happens to HTTP/2 (reset streams, GOAWAY, broken rules, lost connections) to faults of the
// catalogue. Codes decide, never wordings.

import { type Fault, type FaultCode, fault } from '@holdfast/kernel';
import type { Violation } from './violation.ts';

/** RFC 9113 section 7, by code. */
const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];
const SAID_LENGTH_MAX = 200;
const CURE = 'Look at the log of the server or its proxy.';

const FAULT_CODES: ReadonlyMap<string | undefined, FaultCode> = new Map<string, FaultCode>([
  ['PROTOCOL_ERROR', 'PROTOCOL_INVALID_ANSWER'],
  ['FLOW_CONTROL_ERROR', 'PROTOCOL_INVALID_ANSWER'],
  ['FRAME_SIZE_ERROR', 'PROTOCOL_INVALID_ANSWER'],
  ['COMPRESSION_ERROR', 'PROTOCOL_INVALID_ANSWER'],
  ['HTTP_1_1_REQUIRED', 'PROTOCOL_INVALID_ANSWER'],
  ['INTERNAL_ERROR', 'SERVER_FAILED'],
  ['REFUSED_STREAM', 'REFUSED_BY_SERVER'],
  ['ENHANCE_YOUR_CALM', 'REFUSED_BY_SERVER'],
  ['INADEQUATE_SECURITY', 'REFUSED_BY_SERVER'],
]);

/** The server ended the stream instead of answering on it. */
export function resetFault(code: number): Fault {
  const text = `The server reset the stream: ${errorName(code)} (${code}).`;
  return fault(faultCode(code), text, undefined, CURE);
}

/** The server ended the whole connection and said why. */
export function goawayFault(code: number, said: Uint8Array): Fault {
  const words = Buffer.from(said)
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, SAID_LENGTH_MAX);
  const text = `The server sent GOAWAY: ${errorName(code)} (${code})${words && `, "${words}"`}.`;
  return fault(faultCode(code), text, undefined, CURE);
}

export function closedFault(): Fault {
  return fault('PROTOCOL_CLOSED_EARLY', 'The peer closed the connection before the call was over.');
}

export function violationFault({ text, limit, otherProtocol }: Violation): Fault {
  if (limit) return fault('PROTOCOL_LIMIT_EXCEEDED', `The peer sends more than is read: ${text}.`);
  const what = otherProtocol ? 'does not speak HTTP/2' : 'breaks the rules of HTTP/2';
  return fault('PROTOCOL_INVALID_ANSWER', `The peer ${what}: ${text}.`);
}

function errorName(code: number): string {
  return ERROR_NAMES[code] ?? 'an unknown code';
}

function faultCode(code: number): FaultCode {
  return FAULT_CODES.get(ERROR_NAMES[code]) ?? 'PROTOCOL_CLOSED_EARLY';
}
