// The compiler of http checks: from what people write to what the prober runs.

import type { CheckSpec } from '../check.ts';
import type {
  AuthSpec,
  HttpExpectation,
  HttpSpec,
  ProxySpec,
  StatusRange,
} from '../compiled-check.ts';
import { byteSize } from '../fields/byte-size.ts';
import { statusRanges } from '../fields/status-field.ts';
import { milliseconds } from './check-times.ts';
import { defined, ipOf, listOf, tlsOf } from './compiled-parts.ts';
import { type NamedPool, OAUTH2_TOKEN } from './shared-parts.ts';

/** As long as other clients hold a body back (RFC 9110 section 10.1.1 names no time). */
const DEFAULT_CONTINUE_MS = 1_000;
/** Loops show within five; browsers allow 20. */
const DEFAULT_MAX_REDIRECTS = 5;
/** Far above any health page; keeps one bad answer from filling an agent. */
const DEFAULT_BODY_BYTES_MAX = 10 * 1024 * 1024;
const SUCCESS: StatusRange = { from: 200, to: 299 };
/** A redirect that is not followed is an answer in its own right. */
const SUCCESS_OR_REDIRECT: StatusRange = { from: 200, to: 399 };

export function httpSpec(url: string, spec: CheckSpec, pool: NamedPool | undefined): HttpSpec {
  const maxRedirects = spec.maxRedirects ?? DEFAULT_MAX_REDIRECTS;
  return {
    kind: 'http',
    url,
    method: spec.method ?? 'GET',
    headers: { ...spec.headers },
    maxRedirects,
    ip: ipOf(spec),
    tls: tlsOf(spec),
    bodyBytesMax:
      (spec.bodyLimit === undefined ? undefined : byteSize(spec.bodyLimit)) ??
      DEFAULT_BODY_BYTES_MAX,
    expect: expectation(spec.expect ?? {}, maxRedirects),
    ...defined({
      body: spec.body,
      version: versionOf(spec.version),
      pool: pool?.spec,
      proxy: proxyOf(spec.proxy),
      auth: authOf(spec.auth),
      decompress: spec.decompress,
      expectContinueMs: continueMs(spec, pool),
    }),
  };
}

function versionOf(written: CheckSpec['version']): HttpSpec['version'] {
  return written === undefined ? undefined : (String(written) as NonNullable<HttpSpec['version']>);
}

function proxyOf(written: CheckSpec['proxy']): ProxySpec | undefined {
  if (written === undefined) return undefined;
  return typeof written === 'string'
    ? { url: written, headers: {} }
    : { url: written.url, headers: { ...written.headers } };
}

function authOf(written: CheckSpec['auth']): AuthSpec | undefined {
  if (written === undefined) return undefined;
  const { basic, bearer, token } = written;
  if (basic !== undefined) return { type: 'basic', ...basic };
  if (bearer !== undefined) return { type: 'bearer', token: bearer };
  return { type: 'bearer', token: `\${token:${token ?? OAUTH2_TOKEN}}` };
}

function continueMs({ expectContinue }: CheckSpec, pool: NamedPool | undefined) {
  if (expectContinue === undefined) return undefined;
  if (expectContinue !== true) return milliseconds(expectContinue);
  return pool?.expectContinueMs ?? DEFAULT_CONTINUE_MS;
}

function expectation(
  expect: NonNullable<CheckSpec['expect']>,
  maxRedirects: number,
): HttpExpectation {
  const { status, headers = {}, body, json, that = [], certificateDays } = expect;
  const { jsonSchema, version } = expect;
  const ranges = status === undefined ? undefined : statusRanges(status);
  const lowerCase = Object.entries(headers).map(([name, pattern]) => [name.toLowerCase(), pattern]);
  return {
    status: ranges ?? [maxRedirects === 0 ? SUCCESS_OR_REDIRECT : SUCCESS],
    headers: Object.fromEntries(lowerCase),
    that: listOf(that),
    ...defined({
      body:
        body === undefined
          ? undefined
          : typeof body === 'string'
            ? { matches: body }
            : defined(body),
      json,
      certificateDays,
      jsonSchema,
      versions: version === undefined ? undefined : [version].flat().map(String),
    }),
  };
}
