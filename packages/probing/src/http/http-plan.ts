// What can be worked out once per check instead of at each run: the parsed URL, the checked headers
// and, when no placeholder has to be filled, the very bytes of the first request.

import { fault } from '@holdfast/kernel';
import type { HttpSpec } from '@holdfast/resources/compiled-check';
import type { Outcome, Secrets } from '../prober.ts';
import { holdsPlaceholder, maskPlaceholders } from '../secrets.ts';
import {
  buildRequest,
  type HttpRequest,
  type RequestHeader,
  type RequestParts,
} from './http-request.ts';

const SENSITIVE_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);
const USER_INFORMATION = /^([a-z]+:\/\/)[^/?#]*@/i;

export interface HttpPlan {
  /** Ready to be sent; absent when placeholders are filled at each run. */
  request?: Outcome<HttpRequest>;
  /** The first URL as people may see it. */
  shownUrl: string;
  keepBody: boolean;
}

const plans = new WeakMap<HttpSpec, HttpPlan>();

export function planFor(spec: HttpSpec): HttpPlan {
  const known = plans.get(spec);
  if (known !== undefined) return known;
  const { body, json, that } = spec.expect;
  const plan: HttpPlan = {
    shownUrl: shownUrl(maskPlaceholders(spec.url)),
    keepBody: body !== undefined || json !== undefined || that.length > 0,
  };
  const texts = [spec.url, spec.body ?? '', ...Object.values(spec.headers)];
  if (!texts.some(holdsPlaceholder)) {
    const parts = partsOf(spec, spec.url, spec.headers, spec.body);
    plan.request = parts.ok ? buildRequest(parts.value) : parts;
  }
  plans.set(spec, plan);
  return plan;
}

/** The first request with its placeholders filled. */
export async function fillRequest(
  spec: HttpSpec,
  secrets: Secrets,
): Promise<Outcome<RequestParts>> {
  const url = await secrets.fill(spec.url);
  if (!url.ok) return url;
  const headers: Record<string, string> = {};
  for (const [name, template] of Object.entries(spec.headers)) {
    const value = await secrets.fill(template);
    if (!value.ok) return value;
    headers[name] = value.value;
  }
  const body = spec.body === undefined ? undefined : await secrets.fill(spec.body);
  if (body !== undefined && !body.ok) return body;
  return partsOf(spec, url.value, headers, body?.value);
}

/** Tells the run's secrets what of the request must not be seen, beyond what was filled in. */
export function hideCredentials(parts: RequestParts, secrets: Secrets): void {
  const { password, username } = parts.url;
  if (password !== '') {
    secrets.hide(decoded(password));
    secrets.hide(`${decoded(username)}:${decoded(password)}`);
  }
  for (const { name, value } of parts.headers) {
    if (!SENSITIVE_HEADERS.has(name.toLowerCase())) continue;
    secrets.hide(value);
    // `Bearer TOKEN`: the token alone may be echoed too.
    secrets.hide(value.slice(value.indexOf(' ') + 1));
  }
}

/** An address as people may see it. */
export function shownUrl(text: string): string {
  return text.replace(USER_INFORMATION, '$1').replace(/#.*$/s, '');
}

/** The header that a URL with user and password stands for (RFC 7617); undefined without them. */
export function basicAuthorization(url: URL): RequestHeader | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
  const value = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return { name: 'Authorization', value, sensitive: true };
}

function partsOf(
  spec: HttpSpec,
  urlText: string,
  values: Record<string, string>,
  body: string | undefined,
): Outcome<RequestParts> {
  const url = URL.parse(urlText);
  if (url === null) {
    const message = `"${shownUrl(maskPlaceholders(spec.url))}" is no URL.`;
    return { ok: false, fault: fault('PROBER_INVALID_CHECK', message) };
  }
  const headers = Object.entries(values).map(([name, value]) => ({
    name,
    value,
    sensitive:
      SENSITIVE_HEADERS.has(name.toLowerCase()) || holdsPlaceholder(spec.headers[name] ?? ''),
  }));
  const basic = basicAuthorization(url);
  const authorized = headers.some(({ name }) => name.toLowerCase() === 'authorization');
  if (basic !== undefined && !authorized) headers.push(basic);
  const sensitiveBody = holdsPlaceholder(spec.body ?? '');
  return { ok: true, value: { method: spec.method, url, headers, body, sensitiveBody } };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return text;
  }
}
