// The process that sends a crowd of probes at once, with the runner of an agent.

import { systemClock } from '@holdfast/kernel';
import { createProbeRunner } from '@holdfast/probing/probe';
import { answerParent } from '../child-process.ts';
import type { Endpoint } from '../targets.ts';
import { benchCheck, httpSpec } from './checks.ts';

export interface CrowdRunQuestion {
  endpoints: Endpoint[];
  crowd: number;
}

export interface CrowdRunAnswer {
  failed: number;
  /** The first failure, in words. */
  failure?: string;
  wallMs: number;
  residentMegabytes: number;
}

/** The crowd waits for its last member; far more than that takes. */
const TIMEOUT_MS = 50_000;

answerParent<CrowdRunQuestion, CrowdRunAnswer>(async ({ endpoints, crowd }) => {
  const runner = createProbeRunner({
    clock: systemClock,
    egress: { deny: [], allow: [] },
    agent: 'bench',
    location: 'here',
    environment: {},
  });
  const checks = endpoints.map((endpoint) =>
    benchCheck(endpoint.host, httpSpec('http', endpoint), { timeoutMs: TIMEOUT_MS }),
  );
  const plan = { plannedAtMs: systemClock.wallMs(), attempt: 0, startedLateMs: 0 };
  const startMs = performance.now();
  const results = await Promise.all(
    Array.from({ length: crowd }, (_, at) => {
      const check = checks[at % checks.length];
      if (check === undefined) throw new Error('The crowd has no targets.');
      return runner.run(check, plan);
    }),
  );
  const wallMs = performance.now() - startMs;
  const residentMegabytes = process.memoryUsage.rss() / 1e6;
  await runner.close();
  const bad = results.filter(({ status }) => status !== 'up');
  const [first] = bad;
  return {
    failed: bad.length,
    wallMs,
    residentMegabytes,
    ...(first === undefined ? {} : { failure: `${first.status}: ${first.fault?.message}` }),
  };
});
