// What can be worked out once per check instead of at each run: the parsed URL, the checked headers
// and, when no placeholder has to be filled, the very bytes of the first request.

import { fault } from '@holdfast/kernel';
import type { HttpSpec } from '@holdfast/resources/compiled-check';
import type { Outcome, Secrets } from '../prober.ts';
import { holdsPlaceholder, maskPlaceholders } from '../secrets.ts';
import { authorizationOf, basicAuthorization, decoded } from './authorization.ts';
import {
  buildRequest,
  type HttpRequest,
  PLAIN_FORM,
  type RequestForm,
  type RequestHeader,
  type RequestParts,
} from './http-request.ts';

const SENSITIVE_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);
const USER_INFORMATION = /^([a-z]+:\/\/)[^/?#]*@/i;

export interface HttpPlan {
  /** Ready to be sent; absent when placeholders are filled at each run. */
  request?: Outcome<HttpRequest>;
  form: RequestForm;
  /** The first URL as people may see it. */
  shownUrl: string;
  keepBody: boolean;
}

const plans = new WeakMap<HttpSpec, HttpPlan>();

export function planFor(spec: HttpSpec): HttpPlan {
  const known = plans.get(spec);
  if (known !== undefined) return known;
  const { body, json, jsonSchema, that } = spec.expect;
  const plan: HttpPlan = {
    form: formOf(spec),
    shownUrl: shownUrl(maskPlaceholders(spec.url)),
    keepBody:
      [body, json, jsonSchema].some((expected) => expected !== undefined) || that.length > 0,
  };
  const texts = [spec.url, spec.body ?? '', ...Object.values(spec.headers)];
  const fixed = spec.auth === undefined && spec.proxy === undefined;
  if (fixed && !texts.some(holdsPlaceholder)) {
    const parts = partsOf(spec, spec.url, spec.headers, spec.body);
    plan.request = parts.ok ? buildRequest(parts.value, [], plan.form) : parts;
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
  const auth = spec.auth === undefined ? undefined : await authorizationOf(spec.auth, secrets);
  if (auth !== undefined && !auth.ok) return auth;
  return partsOf(spec, url.value, headers, body?.value, auth?.value);
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

function partsOf(
  spec: HttpSpec,
  urlText: string,
  values: Record<string, string>,
  body: string | undefined,
  auth?: RequestHeader,
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
  const basic = auth ?? basicAuthorization(url);
  const authorized = headers.some(({ name }) => name.toLowerCase() === 'authorization');
  if (basic !== undefined && !authorized) headers.push(basic);
  const sensitiveBody = holdsPlaceholder(spec.body ?? '');
  return { ok: true, value: { method: spec.method, url, headers, body, sensitiveBody } };
}

function formOf({ pool, expectContinueMs }: HttpSpec): RequestForm {
  if (pool === undefined && expectContinueMs === undefined) return PLAIN_FORM;
  const keepAlive = pool !== undefined;
  return expectContinueMs === undefined ? { keepAlive } : { keepAlive, expectContinueMs };
}
