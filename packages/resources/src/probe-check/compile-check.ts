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
import { type DurationText, durationMs } from '../fields/duration-field.ts';
import { DEFAULT_NAMESPACE } from '../fields/name-fields.ts';
import { statusRanges } from '../fields/status-field.ts';
import { readTarget, type Target } from './target.ts';

/** Often enough to notice within a minute, rare enough to be no load. */
export const DEFAULT_INTERVAL_MS = 30_000;
/** Longer than people wait; shortened to the interval, so that runs never overlap. */
const DEFAULT_TIMEOUT_MS = 10_000;
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
  const intervalMs = milliseconds(spec.interval) ?? DEFAULT_INTERVAL_MS;
  return {
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    name: metadata.name,
    target: reading.target.shown,
    intervalMs,
    timeoutMs: milliseconds(spec.timeout) ?? Math.min(DEFAULT_TIMEOUT_MS, intervalMs),
    labels: { ...metadata.labels },
    paused: spec.paused ?? false,
    spec: probeSpec(reading.target, spec),
  };
}

function probeSpec(target: Target, spec: CheckSpec): ProbeSpec {
  const ip = spec.ip === undefined ? 'any' : ipOf(spec.ip);
  if (target.type === 'tcp') return { kind: 'tcp', host: target.host, port: target.port, ip };
  const maxRedirects = spec.maxRedirects ?? DEFAULT_MAX_REDIRECTS;
  const { serverName, ca, verify = true } = spec.tls ?? {};
  const http: HttpSpec = {
    kind: 'http',
    url: target.url,
    method: spec.method ?? 'GET',
    headers: { ...spec.headers },
    maxRedirects,
    ip,
    tls: { verify, ...defined({ serverName, ca }) },
    bodyBytesMax:
      (spec.bodyLimit === undefined ? undefined : byteSize(spec.bodyLimit)) ??
      DEFAULT_BODY_BYTES_MAX,
    expect: expectation(spec.expect ?? {}, maxRedirects),
  };
  return { ...http, ...defined({ body: spec.body }) };
}

function ipOf(ip: NonNullable<CheckSpec['ip']>): 'any' | '4' | '6' {
  return ip === 4 ? '4' : ip === 6 ? '6' : ip;
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
    that: typeof that === 'string' ? [that] : [...that],
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

function milliseconds(written: DurationText | undefined): number | undefined {
  return written === undefined ? undefined : durationMs(written);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined: absent and undefined differ in what is compiled. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
