// Checks as an agent gets them, for the targets of the benches.

import type { CompiledCheck, HttpSpec, ProbeSpec } from '@holdfast/resources/compiled-check';
import type { Endpoint } from '../targets.ts';

const TIMEOUT_MS = 10_000;

/** `name` must be unique among the checks of one agent. */
export function benchCheck(
  name: string,
  spec: ProbeSpec,
  times: { intervalMs?: number; timeoutMs?: number } = {},
): CompiledCheck {
  return {
    namespace: 'bench',
    name,
    target: name,
    intervalMs: times.intervalMs ?? TIMEOUT_MS,
    timeoutMs: times.timeoutMs ?? TIMEOUT_MS,
    labels: {},
    paused: false,
    spec,
  };
}

export function httpSpec(
  scheme: 'http' | 'https',
  { host, port }: Endpoint,
  more: Partial<HttpSpec> = {},
): HttpSpec {
  return {
    kind: 'http',
    url: `${scheme}://${host}:${port}/`,
    method: 'GET',
    headers: {},
    maxRedirects: 5,
    ip: 'any',
    tls: { verify: true },
    bodyBytesMax: 1 << 20,
    expect: { status: [{ from: 200, to: 299 }], headers: {}, that: [] },
    ...more,
  };
}

/** One packet, as ping sends it. */
export function icmpSpec(host: string): ProbeSpec {
  return {
    kind: 'icmp',
    host,
    ip: 'any',
    packets: 1,
    packetIntervalMs: 200,
    payloadBytes: 56,
    ttl: 64,
    expect: { that: [], lossMax: 0 },
  };
}
