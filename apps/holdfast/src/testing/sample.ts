// Results and checks for tests, plausible in every field.

import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';

export function sampleResult(change: Partial<ProbeResult> & { atMs?: number } = {}): ProbeResult {
  const { atMs = 1_000, ...rest } = change;
  return {
    key: { namespace: 'default', check: 'shop', location: 'local', plannedAtMs: atMs, attempt: 1 },
    kind: 'http',
    target: 'http://127.0.0.1:80/',
    agent: 'embedded',
    startedAtMs: atMs + 1,
    scheduleLagMs: 1,
    loopLagMs: 0,
    status: 'up',
    totalMs: 12.5,
    phases: [
      { name: 'connect', hop: 0, startMs: 0.1, durationMs: 2.4 },
      { name: 'wait', hop: 0, startMs: 2.5, durationMs: 9.5 },
      { name: 'transfer', hop: 0, startMs: 12, durationMs: 0.5 },
    ],
    context: { peerIp: '127.0.0.1', peerPort: 80, ipVersion: 4 },
    detail: { status_code: 200, http_version: '1.1', body_length: 5, headers: { server: 'x' } },
    ...rest,
  };
}

export function sampleCheck(change: Partial<CompiledCheck> = {}): CompiledCheck {
  return {
    namespace: 'default',
    name: 'shop',
    target: 'http://127.0.0.1:80/',
    intervalMs: 1_000,
    timeoutMs: 1_000,
    labels: { team: 'shop' },
    paused: false,
    spec: {
      kind: 'http',
      url: 'http://127.0.0.1:80/',
      method: 'GET',
      headers: {},
      maxRedirects: 5,
      ip: 'any',
      tls: { verify: true },
      bodyBytesMax: 1024,
      expect: { status: [{ from: 200, to: 299 }], headers: {}, that: [] },
    },
    ...change,
  };
}
