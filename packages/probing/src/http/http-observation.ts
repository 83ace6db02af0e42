// What an HTTP measurement brings back: for keeping (detail, bounded and masked) and for judging (the
// true head and body, which are forgotten after the judgement).

import type { Observation } from '../prober.ts';
import { SECRET_MASK } from '../secrets.ts';
import type { BodyCollector } from './body-collector.ts';
import type { HeaderFields, ResponseHead } from './response-head.ts';

export interface HttpObservation extends Observation {
  /** Of the last answer; absent when none came. */
  head?: ResponseHead;
  body: BodyCollector;
  /** Wall time at the end of the measurement. */
  atMs: number;
}

const KEPT_HEADERS_MAX = 64;
const KEPT_VALUE_LENGTH_MAX = 512;
const MASKED_HEADERS = new Set([
  'set-cookie',
  'authorization',
  'proxy-authorization',
  'authentication-info',
  'x-api-key',
]);

export interface HttpDetailFacts {
  head: ResponseHead | undefined;
  body: BodyCollector;
  redirects: number;
  /** A redirect led from https to http. */
  downgraded: boolean;
}

export function httpDetail({
  head,
  body,
  redirects,
  downgraded,
}: HttpDetailFacts): Record<string, unknown> {
  const followed = downgraded ? { redirects, insecure_redirect: true } : { redirects };
  if (head === undefined) return followed;
  const detail: Record<string, unknown> = {
    status_code: head.status,
    http_version: head.httpVersion,
    body_length: body.length,
    headers: shownHeaders(head.headers),
    ...followed,
  };
  const contentType = head.headers.get('content-type');
  if (contentType !== undefined) detail.content_type = contentType.slice(0, KEPT_VALUE_LENGTH_MAX);
  return detail;
}

function shownHeaders(headers: HeaderFields): Record<string, string> {
  const shown = new Map<string, string>();
  const count = Math.min(headers.names.length, KEPT_HEADERS_MAX);
  for (let at = 0; at < count; at += 1) {
    const name = headers.names[at] ?? '';
    const value = MASKED_HEADERS.has(name) ? SECRET_MASK : shortened(headers.values[at] ?? '');
    const before = shown.get(name);
    if (before === undefined) shown.set(name, value);
    else if (before !== SECRET_MASK) shown.set(name, shortened(`${before}, ${value}`));
  }
  return Object.fromEntries(shown);
}

function shortened(value: string): string {
  return value.length <= KEPT_VALUE_LENGTH_MAX
    ? value
    : `${value.slice(0, KEPT_VALUE_LENGTH_MAX)}…`;
}
