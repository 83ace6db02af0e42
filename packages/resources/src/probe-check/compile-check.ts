// From the resource that people write to what the agent runs: durations in ms, defaults filled in.
// It takes checks that validation has passed; anything else is a programmer's error and throws.

import type { Check, CheckSpec } from '../check.ts';
import type {
  CompiledCheck,
  HttpExpectation,
  HttpSpec,
  ProbeSpec,
  StatusRange,
} from '../compiled-check.ts';
import { byteSize } from '../fields/byte-size.ts';
import { DEFAULT_NAMESPACE } from '../fields/name-fields.ts';
import { statusRanges } from '../fields/status-field.ts';
import { intervalMs, retryOf, timeoutMs } from './check-times.ts';
import { dnsSpec, grpcSpec, icmpSpec, tlsCheckSpec } from './compile-kinds.ts';
import { defined, ipOf, listOf, tlsOf } from './compiled-parts.ts';
import { readTarget, type Target } from './target.ts';

/** Loops show within five; browsers allow 20. */
const DEFAULT_MAX_REDIRECTS = 5;
/** Far above any health page; keeps one bad answer from filling an agent. */
const DEFAULT_BODY_BYTES_MAX = 10 * 1024 * 1024;
const SUCCESS: StatusRange = { from: 200, to: 299 };
/** A redirect that is not followed is an answer in its own right. */
const SUCCESS_OR_REDIRECT: StatusRange = { from: 200, to: 399 };

/** `tls.ca` must hold PEM text by now; the loader reads paths. `maxRedirects` -1 stays: without limit. */
export function compileCheck(check: Check): CompiledCheck {
  const { metadata, spec } = check;
  const reading = readTarget(spec.target, spec.type);
  if (!reading.ok) throw new TypeError(`target ${reading.fault.message}`);
  return {
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    name: metadata.name,
    target: reading.target.shown,
    intervalMs: intervalMs(spec),
    timeoutMs: timeoutMs(spec),
    labels: { ...metadata.labels },
    paused: spec.paused ?? false,
    ...defined({ retry: retryOf(spec) }),
    spec: probeSpec(reading.target, spec),
  };
}

function probeSpec(target: Target, spec: CheckSpec): ProbeSpec {
  switch (target.type) {
    case 'http':
      return httpSpec(target.url, spec);
    case 'tcp':
      return { kind: 'tcp', host: target.host, port: target.port, ip: ipOf(spec) };
    case 'tls':
      return tlsCheckSpec(target, spec);
    case 'dns':
      return dnsSpec(target, spec);
    case 'icmp':
      return icmpSpec(target, spec);
    case 'grpc':
      return grpcSpec(target, spec);
  }
}

function httpSpec(url: string, spec: CheckSpec): HttpSpec {
  const maxRedirects = spec.maxRedirects ?? DEFAULT_MAX_REDIRECTS;
  const http: HttpSpec = {
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
  };
  return { ...http, ...defined({ body: spec.body }) };
}

function expectation(
  expect: NonNullable<CheckSpec['expect']>,
  maxRedirects: number,
): HttpExpectation {
  const { status, headers = {}, body, json, that = [], certificateDays } = expect;
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
    }),
  };
}
