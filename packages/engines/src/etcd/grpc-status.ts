// The status of a gRPC answer, read from its first headers or its trailers (gRPC over HTTP/2,
// "Responses"). What is no gRPC answer, such as the page of some other server, is said to be so.

import type { IncomingHttpHeaders } from 'node:http2';
import { GrpcFailure, STATUS, unavailable } from './grpc-failure.ts';

const SAID_CHARACTERS_MAX = 1_000;

/** `undefined`: the head of an answer whose status comes in its trailers. */
export function failureOf(
  headers: IncomingHttpHeaders,
  place: 'head' | 'tail',
): GrpcFailure | 'ok' | undefined {
  const status = headers['grpc-status'];
  if (status !== undefined) return said(String(status), headers['grpc-message']);
  if (place === 'tail') return new GrpcFailure(STATUS.unknown, 'The answer has no gRPC status.');
  const http = Number(headers[':status']);
  if (http === 200 && String(headers['content-type']).startsWith('application/grpc'))
    return undefined;
  return unavailable(`The peer answered HTTP ${http}, which is no answer of etcd.`, true);
}

function said(status: string, message: string | string[] | undefined): GrpcFailure | 'ok' {
  if (status === '0') return 'ok';
  const number = /^\d{1,2}$/.test(status) ? Number(status) : STATUS.unknown;
  const text = percentDecoded(String(message ?? '')).slice(0, SAID_CHARACTERS_MAX);
  return new GrpcFailure(number, text, { said: true });
}

/** What is not encoded well stays as it is. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
