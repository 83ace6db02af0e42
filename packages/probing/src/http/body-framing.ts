// How long the body of an answer is (RFC 9112 section 6.3). A head that leaves room for two readings
// is refused, because whoever sits between may have read it the other way.

import type { ResponseHead } from './response-head.ts';

export type BodyFraming =
  | { kind: 'none' }
  | { kind: 'length'; bytes: number }
  | { kind: 'chunked' }
  | { kind: 'until-close' }
  | { kind: 'invalid'; problem: string };

const NO_BODY: BodyFraming = { kind: 'none' };

export function bodyFraming(method: string, head: ResponseHead): BodyFraming {
  const transferEncoding = head.headers.get('transfer-encoding');
  const contentLength = head.headers.get('content-length');
  if (transferEncoding !== undefined && contentLength !== undefined) {
    return invalid('the answer has both Transfer-Encoding and Content-Length');
  }
  const length = contentLength === undefined ? undefined : lengthOf(contentLength);
  if (length === -1) return invalid(`Content-Length is "${contentLength}"`);
  if (method === 'HEAD' || head.status === 204 || head.status === 304) return NO_BODY;
  if (transferEncoding !== undefined) return transferFraming(transferEncoding, head.httpVersion);
  if (length === undefined) return { kind: 'until-close' };
  return length === 0 ? NO_BODY : { kind: 'length', bytes: length };
}

function transferFraming(coding: string, httpVersion: string): BodyFraming {
  if (httpVersion === '1.0') return invalid('an HTTP/1.0 answer has Transfer-Encoding');
  if (coding.toLowerCase() === 'chunked') return { kind: 'chunked' };
  return invalid(`Transfer-Encoding is "${coding}", which was not asked for`);
}

/** -1 when it is no single length; the same length said twice counts as said once. */
function lengthOf(text: string): number {
  const [first = '', ...others] = text.split(',').map((part) => part.trim());
  const valid = /^\d{1,15}$/.test(first) && others.every((other) => other === first);
  return valid ? Number(first) : -1;
}

function invalid(problem: string): BodyFraming {
  return { kind: 'invalid', problem };
}
