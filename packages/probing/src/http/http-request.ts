// One request as it goes over the wire, in one write. Everything a check may not say is refused
// here: names and values that would smuggle lines, and the fields that frame the message, which are
// ours alone.

import { fault } from '@holdfast/kernel';
import type { Outcome } from '../prober.ts';

export interface RequestHeader {
  name: string;
  value: string;
  /** Must not reach another origin than the one it was written for. */
  sensitive: boolean;
}

export interface RequestParts {
  method: string;
  url: URL;
  headers: readonly RequestHeader[];
  body: string | undefined;
  /** The body holds a secret: it must not reach another origin. */
  sensitiveBody: boolean;
}

export interface HttpRequest extends RequestParts {
  /** Without the brackets of an IPv6 address. */
  host: string;
  port: number;
  secure: boolean;
  /** Those of the check and of this hop, without the ones that are always sent. */
  sent: readonly RequestHeader[];
  /** All of it but a body that is held back. */
  bytes: Buffer;
  held?: { bytes: Buffer; patienceMs: number };
}

/** How requests of a check are written. */
export interface RequestForm {
  /** The connection shall stay open for the next one. */
  keepAlive: boolean;
  /** See HttpSpec. */
  expectContinueMs?: number;
  /** Of a proxy that is asked for the whole URL. */
  proxyHeaders?: readonly RequestHeader[];
}

/** A connection of its own, straight to the target. */
export const PLAIN_FORM: RequestForm = { keepAlive: false };

export const USER_AGENT = 'Holdfast/0.1';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LINE_BREAKS_OR_NUL = /[\r\n\0]/;
/** They say where the message ends or what happens to the connection. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
  'expect',
]);
export const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** What the target may not be asked, as a reason; undefined when the request can be sent. */
export function requestProblem(parts: RequestParts): string | undefined {
  const { method, url } = parts;
  if (!TOKEN.test(method) || method === 'CONNECT') return `The method "${method}" cannot be sent.`;
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return `${url.protocol} is not http or https.`;
  for (const { name, value } of parts.headers) {
    if (!TOKEN.test(name)) return `"${name}" is no header name.`;
    if (OWN_HEADERS.has(name.toLowerCase()))
      return `The header ${name} is set by the prober itself.`;
    if (LINE_BREAKS_OR_NUL.test(value)) return `The header ${name} has a line break in its value.`;
  }
  return undefined;
}

/** Adds the bytes. `extra` headers are of this hop only, such as Cookie and traceparent. */
export function buildRequest(
  parts: RequestParts,
  extra: readonly RequestHeader[] = [],
  form: RequestForm = PLAIN_FORM,
): Outcome<HttpRequest> {
  const problem = requestProblem(parts);
  if (problem !== undefined) return { ok: false, fault: fault('PROBER_INVALID_CHECK', problem) };
  const { url } = parts;
  const secure = url.protocol === 'https:';
  const sent = withExtra(parts.headers, extra);
  const held = heldBody(parts.body, form);
  const request: HttpRequest = {
    ...parts,
    sent,
    host: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
    bytes: requestBytes(parts, sent, form),
    ...(held === undefined ? {} : { held }),
  };
  return { ok: true, value: request };
}

function heldBody(
  body: string | undefined,
  { expectContinueMs }: RequestForm,
): HttpRequest['held'] {
  if (expectContinueMs === undefined || body === undefined) return undefined;
  return { bytes: Buffer.from(body), patienceMs: expectContinueMs };
}

function requestBytes(
  { method, url, body }: RequestParts,
  given: readonly RequestHeader[],
  { keepAlive, expectContinueMs, proxyHeaders }: RequestForm,
): Buffer {
  const viaProxy = proxyHeaders !== undefined && url.protocol === 'http:';
  const origin = viaProxy ? `http://${url.host}` : '';
  const lines = [`${method} ${origin}${url.pathname}${url.search} HTTP/1.1`];
  const names = new Set(given.map((header) => header.name.toLowerCase()));
  const add = (name: string, value: string) => {
    if (!names.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  };
  add('Host', url.host);
  add('User-Agent', USER_AGENT);
  add('Accept', '*/*');
  add('Accept-Encoding', 'identity');
  const written = viaProxy ? [...given, ...proxyHeaders] : given;
  for (const header of written) lines.push(`${header.name}: ${header.value}`);
  const bodyBytes = Buffer.from(body ?? '');
  if (body !== undefined || METHODS_WITH_BODY.has(method))
    lines.push(`Content-Length: ${bodyBytes.length}`);
  const held = body !== undefined && expectContinueMs !== undefined;
  if (held) lines.push('Expect: 100-continue');
  if (!keepAlive) lines.push('Connection: close');
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  return held ? head : Buffer.concat([head, bodyBytes]);
}

/** What the check says goes before what we would add; cookies of both go in one field (RFC 6265 section 5.4). */
function withExtra(
  given: readonly RequestHeader[],
  extra: readonly RequestHeader[],
): RequestHeader[] {
  const all = [...given];
  for (const header of extra) {
    const name = header.name.toLowerCase();
    const at = all.findIndex((other) => other.name.toLowerCase() === name);
    const before = all[at];
    if (before === undefined) all.push(header);
    else if (name === 'cookie') all[at] = { ...before, value: `${before.value}; ${header.value}` };
  }
  return all;
}
