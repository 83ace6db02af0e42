// Runs as a real HTTPS check yields them, made from a seed: for tests and benches of any engine. What
// differs from run to run in life differs here (times, trace, some headers), the rest stays.

import { hash } from 'node:crypto';
import { type Chance, fault, newTraceId } from '@holdfast/kernel';
import type { CertificateFacts, Phase, PhaseName, ProbeResult } from '@holdfast/resources/result';

export interface SampleOptions {
  check: string;
  plannedAtMs: number;
  location?: string;
  attempt?: number;
  /** Share of runs that fail; default 0. */
  failing?: number;
}

const PHASES: readonly [PhaseName, typicalMs: number][] = [
  ['resolve', 4],
  ['connect', 11],
  ['tls', 24],
  ['write', 0.2],
  ['wait', 48],
  ['transfer', 3],
];

/** A full HTTPS result: six phases, kernel facts, a chain of three, fourteen headers. */
export function sampleResult(chance: Chance, options: SampleOptions): ProbeResult {
  const { check, plannedAtMs, location = 'here', attempt = 0, failing = 0 } = options;
  const phases = samplePhases(chance);
  const last = phases.at(-1);
  const isUp = chance.next() >= failing;
  const scheduleLagMs = roundMs(chance.next() * 3);
  return {
    key: { namespace: 'default', check, location, plannedAtMs, attempt },
    kind: 'http',
    target: `https://${check}.example.com/health`,
    agent: 'agent-1',
    startedAtMs: plannedAtMs + scheduleLagMs,
    scheduleLagMs,
    loopLagMs: roundMs(chance.next()),
    status: isUp ? 'up' : 'down',
    ...(isUp ? {} : { fault: fault('SERVER_FAILED', 'The answer was 503 Service Unavailable') }),
    totalMs: roundMs((last?.startMs ?? 0) + (last?.durationMs ?? 0)),
    phases,
    context: sampleContext(chance, check, plannedAtMs),
    detail: sampleDetail(chance, plannedAtMs, isUp ? 200 : 503),
  };
}

/** Runs like `base` and yet sharing little with each other, with awkward names and values. */
export function awkwardResults(base: ProbeResult): ProbeResult[] {
  const bare = { ...base, phases: [], context: {}, detail: {}, totalMs: 0 };
  const at = (attempt: number, rest: Partial<ProbeResult>): ProbeResult => ({
    ...base,
    ...rest,
    key: { ...base.key, attempt },
  });
  return [
    base,
    at(1, bare),
    at(2, {
      ...bare,
      detail: JSON.parse('{"__proto__": 1, "a": {"b": [null, {"c": "é🦉"}]}, "": 0}'),
    }),
    at(3, { totalMs: 0.1 + 0.2, scheduleLagMs: 1e9 / 7, startedAtMs: base.startedAtMs - 0.25 }),
    at(4, {
      detail: { ...base.detail, headers: null, status_code: '200' },
      context: { peerPort: 1 },
    }),
    at(5, { status: 'invalid', target: 'ünïcode', agent: '', phases: base.phases.slice(2) }),
  ];
}

function samplePhases(chance: Chance): Phase[] {
  let endMs = 0;
  return PHASES.map(([name, typicalMs]) => {
    const phase = { name, hop: 0, startMs: endMs, durationMs: sampleMs(chance, typicalMs) };
    endMs += phase.durationMs;
    return phase;
  });
}

function sampleContext(chance: Chance, check: string, plannedAtMs: number) {
  const dayMs = 86_400_000;
  const validFromMs = Math.floor(plannedAtMs / (60 * dayMs)) * 60 * dayMs;
  const certificate = (subject: string, issuer: string): CertificateFacts => ({
    fingerprint256: hash('sha256', `${subject} ${validFromMs}`),
    subject,
    issuer,
    serialNumber: `04${validFromMs.toString(16)}`,
    names: [`DNS:${subject}`, `DNS:www.${subject}`],
    validFromMs,
    validToMs: validFromMs + 90 * dayMs,
    publicKey: 'EC P-256',
    certificateAuthority: subject !== check,
  });
  return {
    sourceIp: '10.0.0.4',
    peerIp: '203.0.113.17',
    peerPort: 443,
    ipVersion: 4 as const,
    addresses: ['203.0.113.17', '203.0.113.18'],
    kernel: {
      handshakeMs: sampleMs(chance, 10),
      rttVarianceMs: sampleMs(chance, 4),
      retransmits: 0,
      mssBytes: 1448,
    },
    tls: {
      version: 'TLSv1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      alpn: 'http/1.1',
      serverName: `${check}.example.com`,
      verified: true,
      chain: [
        certificate(check, 'Example Issuing CA'),
        certificate('Example Issuing CA', 'Example Root'),
        certificate('Example Root', 'Example Root'),
      ],
    },
    urls: [`https://${check}.example.com/health`],
    traceId: newTraceId(chance),
  };
}

function sampleDetail(chance: Chance, plannedAtMs: number, status: number) {
  return {
    status_code: status,
    http_version: '1.1',
    body_length: 312,
    redirects: 0,
    body_excerpt: '{"status":"ok","version":"2.14.3","checks":{"db":"ok","cache":"ok"}}',
    headers: {
      date: new Date(plannedAtMs).toUTCString(),
      server: 'nginx/1.26.2',
      'content-type': 'application/json; charset=utf-8',
      'content-length': '312',
      connection: 'keep-alive',
      vary: 'Accept-Encoding, Origin',
      'cache-control': 'no-store, max-age=0',
      'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      etag: 'W/"138-Zy3sFQxk"',
      'x-request-id': newTraceId(chance),
    },
  };
}

/** Between half and one and a half times the typical value, to the microsecond. */
function sampleMs(chance: Chance, typicalMs: number): number {
  return roundMs(typicalMs * (0.5 + chance.next()));
}

function roundMs(valueMs: number): number {
  return Math.round(valueMs * 1000) / 1000;
}
