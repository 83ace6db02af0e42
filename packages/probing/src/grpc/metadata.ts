// The headers of a call: what gRPC wants, and what the check adds as metadata, its placeholders
// filled. What the framing and the protocol depend on is ours alone. Values of names that end in
// `-bin` are written as base64 in the check, because YAML holds no bytes, and sent so.

import { type Fault, fault } from '@holdfast/kernel';
import type { Outcome, ProbeContext } from '../prober.ts';

export type Metadata = Record<string, string>;

const USER_AGENT = 'Holdfast/0.1';
const NAME = /^[0-9a-z_.-]+$/;
const PRINTABLE = /^[\x20-\x7e]*$/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const OWN_NAMES = new Set([
  'connection',
  'content-length',
  'content-type',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);
/** At most eight digits and a unit: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
const TIMEOUT_COUNT_MAX = 99_999_999;
const TIMEOUT_UNITS: readonly (readonly [string, number])[] = [
  ['m', 1],
  ['S', 1000],
  ['M', 60_000],
  ['H', 3_600_000],
];

/** The metadata of the check, ready to be sent; values of `authorization` are hidden from results. */
export async function fillMetadata(
  templates: Record<string, string>,
  { secrets }: Pick<ProbeContext, 'secrets'>,
): Promise<Outcome<Metadata>> {
  const metadata: Metadata = {};
  for (const [written, template] of Object.entries(templates)) {
    const name = written.toLowerCase();
    const value = await secrets.fill(template);
    if (!value.ok) return value;
    const problem = metadataProblem(name, value.value);
    if (problem !== undefined) return { ok: false, fault: invalid(problem) };
    metadata[name] = name.endsWith('-bin') ? unpadded(value.value) : value.value;
    if (name !== 'authorization') continue;
    secrets.hide(value.value);
    // `Bearer TOKEN`: the token alone may be echoed too.
    secrets.hide(value.value.slice(value.value.indexOf(' ') + 1));
  }
  return { ok: true, value: metadata };
}

/** Everything a call sends ahead of its messages. `timeoutMs`: what is left; absent when not known. */
export function callHeaders(
  path: string,
  metadata: Metadata,
  { traceparent, timeoutMs }: { traceparent?: string | undefined; timeoutMs?: number | undefined },
): Metadata {
  return {
    'user-agent': USER_AGENT,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...metadata,
    ':method': 'POST',
    ':path': path,
    te: 'trailers',
    'content-type': 'application/grpc',
    'grpc-accept-encoding': 'identity,gzip',
    ...(timeoutMs === undefined ? {} : { 'grpc-timeout': grpcTimeout(timeoutMs) }),
  };
}

/** The finest unit that fits; never shorter than asked, and never 0, which is already over. */
export function grpcTimeout(timeoutMs: number): string {
  for (const [unit, unitMs] of TIMEOUT_UNITS) {
    const count = Math.max(1, Math.ceil(timeoutMs / unitMs));
    if (count <= TIMEOUT_COUNT_MAX) return `${count}${unit}`;
  }
  return `${TIMEOUT_COUNT_MAX}H`;
}

function metadataProblem(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return `"${name}" is no name for metadata.`;
  if (OWN_NAMES.has(name) || name.startsWith('grpc-')) {
    return `The metadata ${name} is set by the prober itself.`;
  }
  if (name.endsWith('-bin')) {
    return BASE64.test(value) ? undefined : `The metadata ${name} must be base64.`;
  }
  return PRINTABLE.test(value)
    ? undefined
    : `The metadata ${name} may only hold printable ASCII; use a name that ends in -bin.`;
}

function unpadded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64').replace(/=+$/, '');
}

function invalid(message: string): Fault {
  return fault('PROBER_INVALID_CHECK', message);
}
