// What the agent's process holds in memory with a thousand mixed checks, after ten minutes.

import type { CompiledCheck, ProbeSpec } from '@holdfast/resources/compiled-check';
import type { BenchOptions } from '../../bench.ts';
import { exactly, type Row, rowOf } from '../../report.ts';
import type { Targets } from '../../targets.ts';
import { passes, watchAgent } from '../agent-watch.ts';
import { benchCheck, httpSpec, icmpSpec } from '../checks.ts';

const CHECKS = 1_000;
const CHECKS_QUICK = 50;
const INTERVAL_MS = 10_000;
const INTERVAL_QUICK_MS = 1_000;
const WATCH_MS = 600_000;
const WATCH_QUICK_MS = 4_000;

export async function benchAgentMemory(
  { quick, progress }: BenchOptions,
  targets: Targets,
): Promise<Row[]> {
  const intervalMs = quick ? INTERVAL_QUICK_MS : INTERVAL_MS;
  const checks = mixedChecks(targets, quick ? CHECKS_QUICK : CHECKS, intervalMs);
  const watchMs = quick ? WATCH_QUICK_MS : WATCH_MS;
  progress(`agent memory: ${checks.length} mixed checks for ${watchMs / 1_000} s`);
  const agent = await watchAgent(checks);
  try {
    await passes(watchMs);
    const { residentMegabytes, statuses, failure } = agent.seen();
    const failed = (statuses.down ?? 0) + (statuses.timeout ?? 0);
    if (failed > 0) throw new Error(`The agent saw failures: ${failure}`);
    const after = quick ? `${watchMs / 1_000} s` : `${watchMs / 60_000} min`;
    return [
      rowOf({
        metric: `agent with ${checks.length.toLocaleString('en-US')} mixed checks after ${after}`,
        unit: 'MB',
        ours: exactly(residentMegabytes),
        goal: { of: 'ours', op: '<=', value: 100 },
      }),
    ];
  } finally {
    await agent.close();
  }
}

/** Of ten: four plain, two with rule and pattern, one over TLS, one tcp, one dns, one icmp. */
function mixedChecks(targets: Targets, count: number, intervalMs: number): CompiledCheck[] {
  return Array.from({ length: count }, (_, at) =>
    benchCheck(`check-${at}`, mixedSpec(targets, at), { intervalMs, timeoutMs: intervalMs }),
  );
}

function mixedSpec({ http, https, tcp, dns, serverName, ca }: Targets, at: number): ProbeSpec {
  const turn = at % 10;
  const expect = { status: [{ from: 200, to: 299 }], headers: {} };
  if (turn < 4) return httpSpec('http', pick(http, at));
  if (turn < 6) {
    const asked = { ...expect, body: { matches: 'st[a-z]+s' }, that: ["json.status == 'ok'"] };
    return httpSpec('http', pick(http, at), { expect: asked });
  }
  if (turn === 6)
    return httpSpec('https', pick(https, at), { tls: { serverName, ca, verify: true } });
  if (turn === 7) return { kind: 'tcp', ...pick(tcp, at), ip: 'any' };
  if (turn === 8) return dnsSpec(dns);
  return icmpSpec(pick(tcp, at).host);
}

function dnsSpec(server: Targets['dns']): ProbeSpec {
  const section = { matches: [], notMatches: [] };
  return {
    kind: 'dns',
    name: 'target.bench.holdfast.test',
    recordType: 'A',
    server,
    transport: 'udp',
    recursion: true,
    ip: 'any',
    tries: 3,
    expect: {
      that: [],
      rcodes: ['NOERROR'],
      answer: { ...section, countMin: 1 },
      authority: section,
      additional: section,
    },
  };
}

function pick<T>(list: readonly T[], at: number): T {
  const one = list[at % list.length];
  if (one === undefined) throw new Error('The targets have no endpoint.');
  return one;
}
