// Checks and runs for tests, with the defaults that the resource form would fill in.

import { systemClock } from '@holdfast/kernel';
import type { CompiledCheck, HttpExpectation, HttpSpec } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import { createProbeRunner, type ProbeRunnerOptions, type RunPlan } from '../probe-runner.ts';

export type HttpWish = Partial<Omit<HttpSpec, 'kind' | 'expect'>> & {
  url: string;
  timeoutMs?: number;
  expect?: Partial<HttpExpectation>;
};

export const PLAN: RunPlan = { plannedAtMs: 1_767_225_600_000, attempt: 1, startedLateMs: 0 };
/** Far more than anything on loopback takes; only tests of the deadline wait for theirs. */
const TIMEOUT_MS = 10_000;

export function httpSpec({ timeoutMs: _, expect, ...wish }: HttpWish): HttpSpec {
  return {
    kind: 'http',
    method: 'GET',
    headers: {},
    maxRedirects: 5,
    ip: 'any',
    tls: { verify: true },
    bodyBytesMax: 1_000_000,
    ...wish,
    expect: { status: [{ from: 200, to: 299 }], headers: {}, that: [], ...expect },
  };
}

export function httpCheck(wish: HttpWish): CompiledCheck {
  return checkOf(httpSpec(wish), wish.url, wish.timeoutMs);
}

export function tcpCheck(host: string, port: number, timeoutMs?: number): CompiledCheck {
  return checkOf({ kind: 'tcp', host, port, ip: 'any' }, `${host}:${port}`, timeoutMs);
}

/** Runs one check with a runner of its own. */
export async function probeOnce(
  one: CompiledCheck,
  options: Partial<ProbeRunnerOptions> = {},
  signal?: AbortSignal,
): Promise<ProbeResult> {
  const runner = createProbeRunner({ ...RUNNER_OPTIONS, ...options });
  try {
    return await runner.run(one, PLAN, signal);
  } finally {
    await runner.close();
  }
}

export const RUNNER_OPTIONS: ProbeRunnerOptions = {
  clock: systemClock,
  egress: { deny: [], allow: [] },
  agent: 'agent-1',
  location: 'here',
  environment: {},
};

export function checkOf(
  spec: CompiledCheck['spec'],
  target: string,
  timeoutMs = TIMEOUT_MS,
): CompiledCheck {
  return {
    namespace: 'default',
    name: 'check',
    target,
    intervalMs: 30_000,
    timeoutMs,
    labels: {},
    paused: false,
    spec,
  };
}
