// From what HTTP/2 reports (reset streams, GOAWAY, broken framing, lost connections) to faults of the
// catalogue. Codes decide, never wordings.

import { constants } from 'node:http2';
import { type Fault, type FaultCode, fault, type PhaseName } from '@holdfast/kernel';
import { brokenFault, type SystemError } from '../dial/connect-fault.ts';

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

const FAULT_CODES: ReadonlyMap<number, FaultCode> = new Map<number, FaultCode>([
  [constants.NGHTTP2_PROTOCOL_ERROR, 'PROTOCOL_INVALID_ANSWER'],
  [constants.NGHTTP2_FLOW_CONTROL_ERROR, 'PROTOCOL_INVALID_ANSWER'],
  [constants.NGHTTP2_FRAME_SIZE_ERROR, 'PROTOCOL_INVALID_ANSWER'],
  [constants.NGHTTP2_COMPRESSION_ERROR, 'PROTOCOL_INVALID_ANSWER'],
  [constants.NGHTTP2_HTTP_1_1_REQUIRED, 'PROTOCOL_INVALID_ANSWER'],
  [constants.NGHTTP2_INTERNAL_ERROR, 'SERVER_FAILED'],
  [constants.NGHTTP2_REFUSED_STREAM, 'REFUSED_BY_SERVER'],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'REFUSED_BY_SERVER'],
  [constants.NGHTTP2_INADEQUATE_SECURITY, 'REFUSED_BY_SERVER'],
]);

/** The server ended the call's stream instead of answering it. */
export function resetFault(code: number): Fault {
  const text = `The server reset the stream: ${errorName(code)} (${code}).`;
  return fault(faultCode(code), text, undefined, 'Look at the log of the server or its proxy.');
}

/** The server ended the whole connection and said why. */
export function goawayFault(code: number, said: Uint8Array | undefined): Fault {
  const words = Buffer.from(said ?? [])
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, SAID_LENGTH_MAX);
  const text = `The server sent GOAWAY: ${errorName(code)} (${code})${words && `, "${words}"`}.`;
  return fault(faultCode(code), text, undefined, 'Look at the log of the server or its proxy.');
}

export function closedFault(): Fault {
  return fault('PROTOCOL_CLOSED_EARLY', 'The peer closed the connection before the call was over.');
}

/** An error that Node gives for a session or one of its streams; `resetCode` is the stream's. */
export function http2Fault(error: SystemError, phase: PhaseName, resetCode = 0): Fault {
  if (error.syscall !== undefined) return brokenFault(error, phase);
  if (error.code === 'ERR_HTTP2_STREAM_ERROR') return resetFault(resetCode);
  return fault('PROTOCOL_INVALID_ANSWER', `The peer does not speak HTTP/2: ${error.message}.`);
}

function errorName(code: number): string {
  return ERROR_NAMES[code] ?? 'an unknown code';
}

function faultCode(code: number): FaultCode {
  return FAULT_CODES.get(code) ?? 'PROTOCOL_CLOSED_EARLY';
}
