// Our own probe as the agent runs it: ProbeRunner.run, a fresh connection, all phases, judged, its
// ProbeResult made. One check per address, made once, as in an agent.

import { systemClock } from '@holdfast/kernel';
import { createProbeRunner } from '@holdfast/probing/probe';
import type { CompiledCheck, ProbeSpec } from '@holdfast/resources/compiled-check';
import type { Endpoint, Targets } from '../../targets.ts';
import { benchCheck, httpSpec, icmpSpec } from '../checks.ts';
import type { Kind, MakeContender } from '../contender.ts';

/** As many blocks as an agent denies by default, so that asking the policy costs what it costs. */
export const DENIED = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  'fd00:ec2::254/128',
  'fe80::/10',
  'ff00::/8',
];

export const makeHoldfast: MakeContender = async (kind, targets) => {
  const runner = createProbeRunner({
    clock: systemClock,
    egress: { deny: DENIED, allow: [] },
    agent: 'bench',
    location: 'here',
    environment: {},
  });
  const checks = new Map<Endpoint, CompiledCheck>();
  for (const endpoint of targets[kind]) checks.set(endpoint, checkFor(kind, endpoint, targets));
  return {
    async once(endpoint) {
      const check = checks.get(endpoint);
      if (check === undefined) throw new Error(`There is no check for ${endpoint.host}.`);
      const plan = { plannedAtMs: systemClock.wallMs(), attempt: 1, startedLateMs: 0 };
      const result = await runner.run(check, plan);
      if (result.status !== 'up') throw new Error(`${result.status}: ${result.fault?.message}`);
      return result;
    },
    close: () => runner.close(),
  };
};

function checkFor(kind: Kind, endpoint: Endpoint, targets: Targets): CompiledCheck {
  return benchCheck(`${kind}-${endpoint.host}`, specFor(kind, endpoint, targets));
}

function specFor(kind: Kind, endpoint: Endpoint, targets: Targets): ProbeSpec {
  if (kind === 'tcp') return { kind, ...endpoint, ip: 'any' };
  if (kind === 'icmp') return icmpSpec(endpoint.host);
  return httpSpec(kind, endpoint, kind === 'https' ? { tls: trusted(targets) } : {});
}

function trusted({ serverName, ca }: Targets) {
  return { serverName, ca, verify: true };
}
