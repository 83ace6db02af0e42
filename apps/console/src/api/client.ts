// Asks the API. A failed request is a value that says what happened and what to try; nothing here
// throws. Every request has a deadline, so that no page waits for ever.

import type { ApiError } from '@holdfast/resources/api';

export interface Failure {
  /** Of the server's catalogue, or UNREACHABLE, DEADLINE, NOT_JSON when there was no such answer. */
  code: string;
  /** Empty when there was no answer to speak of. */
  message: string;
  cure: string;
  httpStatus?: number;
  traceId?: string;
}

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** A page that has not answered by then is better told to have failed. */
const DEADLINE_MS = 15_000;
/** A trial of the editor may itself last thirty seconds. */
const TRIAL_DEADLINE_MS = 35_000;

export const TRIAL_PATH = '/api/v1/try';

export function getJson<T>(path: string, signal: AbortSignal): Promise<Answer<T>> {
  return ask<T>(path, { method: 'GET', signal });
}

export function postJson<T>(path: string, signal: AbortSignal, body: object): Promise<Answer<T>> {
  return ask<T>(path, {
    method: 'POST',
    body: JSON.stringify(body),
    signal,
    headers: { 'content-type': 'application/json' },
  });
}

export function checkApiPath(namespace: string, name: string, rest = ''): string {
  return `/api/v1/checks/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}${rest}`;
}

async function ask<T>(
  path: string,
  init: RequestInit & { signal: AbortSignal },
): Promise<Answer<T>> {
  const deadline = AbortSignal.timeout(path === TRIAL_PATH ? TRIAL_DEADLINE_MS : DEADLINE_MS);
  try {
    const response = await fetch(path, {
      ...init,
      signal: AbortSignal.any([init.signal, deadline]),
    });
    const text = await response.text();
    const body = parse(text);
    if (!response.ok) return { ok: false, failure: refusal(response.status, body) };
    if (body === undefined && text !== '') return failed('NOT_JSON');
    return { ok: true, value: body as T };
  } catch {
    return failed(deadline.aborted ? 'DEADLINE' : 'UNREACHABLE');
  }
}

function refusal(httpStatus: number, body: unknown): Failure {
  const error = (typeof body === 'object' && body !== null ? body : {}) as Partial<ApiError>;
  return {
    code: error.code ?? `HTTP_${httpStatus}`,
    message: error.message ?? '',
    cure: error.cure ?? '',
    httpStatus,
    ...(error.trace_id === undefined ? {} : { traceId: error.trace_id }),
  };
}

function failed(code: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { code, message: '', cure: '' } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
