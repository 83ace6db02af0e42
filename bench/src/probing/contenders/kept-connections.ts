// Our own probe over connections that are kept in a pool, and the same with a fresh one for each: what a
// pool saves is the difference. One check per target, made once, as in an agent.

import { systemClock } from '@holdfast/kernel';
import { createProbeRunner } from '@holdfast/probing/probe';
import type { CompiledCheck, HttpSpec, PoolSpec } from '@holdfast/resources/compiled-check';
import { KEPT_PATH } from '../../kept-targets.ts';
import type { Endpoint, Targets } from '../../targets.ts';
import { benchCheck, httpSpec } from '../checks.ts';
import type { Contender, KeptKind, MakeKeptContender } from '../contender.ts';
import { DENIED } from './holdfast.ts';

export const PER_HOST_MAX = 4;
const POOL: PoolSpec = {
  name: 'bench',
  idleMax: 1_000,
  idlePerHostMax: PER_HOST_MAX,
  perHostMax: PER_HOST_MAX,
  idleTimeoutMs: 60_000,
};

export const makeFresh: MakeKeptContender = async (kind, targets) =>
  runnerOf(kind, targets, '/', {});

export const makeKept: MakeKeptContender = async (kind, targets) =>
  runnerOf(kind, targets, KEPT_PATH, { pool: POOL });

function runnerOf(
  kind: KeptKind,
  targets: Targets,
  path: string,
  more: Partial<HttpSpec>,
): Contender {
  const runner = createProbeRunner({
    clock: systemClock,
    egress: { deny: DENIED, allow: [] },
    agent: 'bench',
    location: 'here',
    environment: {},
  });
  const checks = new Map<Endpoint, CompiledCheck>();
  for (const endpoint of targets[kind]) {
    const spec = specOf(kind, endpoint, targets);
    const asked = { ...spec, url: new URL(path, spec.url).href, ...more };
    checks.set(endpoint, benchCheck(`kept-${endpoint.host}`, asked));
  }
  return {
    async once(endpoint) {
      const check = checks.get(endpoint);
      if (check === undefined) throw new Error(`There is no check for ${endpoint.host}.`);
      const plan = { plannedAtMs: systemClock.wallMs(), attempt: 1, startedLateMs: 0 };
      const result = await runner.run(check, plan);
      if (result.status !== 'up') throw new Error(`${result.status}: ${result.fault?.message}`);
    },
    close: () => runner.close(),
  };
}

function specOf(kind: KeptKind, endpoint: Endpoint, { serverName, ca }: Targets): HttpSpec {
  if (kind === 'keepAliveHttp') return httpSpec('http', endpoint);
  return httpSpec('https', endpoint, { tls: { serverName, ca, verify: true } });
}
