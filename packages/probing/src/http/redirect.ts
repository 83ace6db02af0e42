// Where a redirect leads and what is sent there (RFC 9110 section 15.4). Credentials belong to the
// origin they were written for: once a redirect has left it they are gone for the rest of the probe,
// also when a later redirect leads back.

import { type Fault, fault } from '@holdfast/kernel';
import type { Outcome } from '../prober.ts';
import { basicAuthorization } from './authorization.ts';
import { shownUrl } from './http-plan.ts';
import type { RequestParts } from './http-request.ts';
import type { ResponseHead } from './response-head.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** "Unlimited" ends here: no honest chain is longer. */
export const REDIRECTS_MAX = 100;

/** Where the answer sends us; undefined when it is an answer in itself. */
export function redirectTarget(head: ResponseHead): string | undefined {
  return REDIRECTS.has(head.status) ? head.headers.get('location') : undefined;
}

/** How many redirects are followed for the `maxRedirects` of a check. */
export function redirectLimit(maxRedirects: number): number {
  return maxRedirects < 0 ? REDIRECTS_MAX : Math.min(maxRedirects, REDIRECTS_MAX);
}

export function followRedirect(
  request: RequestParts,
  status: number,
  location: string,
): Outcome<RequestParts> {
  const url = URL.parse(utf8Of(location), request.url);
  if (url === null) return refused(`The redirect to "${location}" leads nowhere.`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return refused(`The redirect to ${shownUrl(url.href)} leads out of HTTP.`);
  }
  const foreign = url.origin !== request.url.origin;
  const asGet = becomesGet(request.method, status);
  if (!asGet && foreign && request.body !== undefined && request.sensitiveBody) {
    return refused(`The redirect would send a body with a secret to ${url.origin}.`);
  }
  const headers = request.headers.filter(({ name, sensitive }) => {
    const kept = name.toLowerCase();
    if (foreign && (sensitive || kept === 'host')) return false;
    return !asGet || !kept.startsWith('content-');
  });
  const own = foreign ? basicAuthorization(url) : undefined;
  const followed = { ...request, url, headers: own === undefined ? headers : [...headers, own] };
  return { ok: true, value: asGet ? { ...followed, method: 'GET', body: undefined } : followed };
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}

/** Header values are read as bytes; servers that send raw UTF-8 in a Location mean it. */
function utf8Of(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function refused(message: string): { ok: false; fault: Fault } {
  return { ok: false, fault: fault('PROTOCOL_INVALID_ANSWER', message, 'transfer') };
}
