// Measures each address of a name by itself, all at once: a name with four addresses of which one is
// dead is seldom down for anybody who looks, and down for a quarter of those who do not. The check is
// up only when every address that could be measured is; the whole result is that of the address that
// decided, with all of them in its detail.

import { isIP } from 'node:net';
import type { Clock } from '@holdfast/kernel';
import type { CompiledCheck, IpPreference } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import type { Address, Resolve } from './prober.ts';

export interface EveryAddress {
  clock: Clock;
  resolve: Resolve;
  runOnce(check: CompiledCheck): Promise<ProbeResult>;
  signal?: AbortSignal;
}

/** What is left is too short for a measurement. */
const TIMEOUT_MS_MIN = 1;

export async function runEveryAddress(
  check: CompiledCheck,
  how: EveryAddress,
): Promise<ProbeResult> {
  const to = destinationOf(check);
  if (to === undefined) return how.runOnce(check);
  const startMs = how.clock.nowMs();
  const deadline = new AbortController();
  const limitMs = Math.min(check.timeoutMs, check.phaseLimitsMs?.resolve ?? check.timeoutMs);
  const timer = how.clock.after(limitMs, () => deadline.abort());
  const signals = how.signal === undefined ? [] : [how.signal];
  const signal = AbortSignal.any([deadline.signal, ...signals]);
  const found = await how.resolve(to.host, to.ip, signal);
  timer.cancel();
  const resolveMs = how.clock.nowMs() - startMs;
  const timeoutMs = check.timeoutMs - resolveMs;
  // The plain run tells why a name could not be resolved better than we can.
  if (!found.ok || timeoutMs < TIMEOUT_MS_MIN) return how.runOnce(check);
  const results = await Promise.all(
    found.value.map(({ ip }) => how.runOnce({ ...check, timeoutMs, pinnedAddress: ip })),
  );
  return combined(found.value, results, resolveMs);
}

/** Whose addresses are meant; undefined where the target is no name of a host. */
function destinationOf({ spec }: CompiledCheck): { host: string; ip: IpPreference } | undefined {
  if (spec.kind === 'dns' || spec.kind === 'plugin') return undefined;
  const host = spec.kind === 'http' ? URL.parse(spec.url)?.hostname : spec.host;
  // A URL writes IPv6 addresses in brackets.
  const isName = host !== undefined && isIP(host) === 0 && !host.startsWith('[');
  return isName ? { host, ip: spec.ip } : undefined;
}

function combined(
  addresses: readonly Address[],
  results: readonly ProbeResult[],
  resolveMs: number,
): ProbeResult {
  const told = results.map(({ status, totalMs, fault }, at) => ({
    ip: addresses[at]?.ip,
    status,
    total_ms: totalMs,
    ...(fault === undefined ? {} : { code: fault.code }),
  }));
  const decided = deciding(results);
  const bad = results.filter(({ status }) => status === 'down' || status === 'timeout').length;
  const { fault, phases } = decided;
  const share = `${bad} of ${results.length} addresses failed`;
  return {
    ...decided,
    ...(fault === undefined || bad === 0 || results.length === 1
      ? {}
      : {
          fault: {
            ...fault,
            message: `${share}; ${decided.context.peerIp ?? 'the first'}: ${fault.message}`,
          },
        }),
    totalMs: decided.totalMs + resolveMs,
    phases: [
      { name: 'resolve', hop: 0, startMs: 0, durationMs: resolveMs },
      ...phases.map((phase) => ({ ...phase, startMs: phase.startMs + resolveMs })),
    ],
    context: { ...decided.context, addresses: addresses.map(({ ip }) => ip) },
    detail: { ...decided.detail, addresses: told },
  };
}

/** The first that failed; else the slowest of those that are up; else what could not be measured. */
function deciding(results: readonly ProbeResult[]): ProbeResult {
  const failed = results.find(({ status }) => status === 'down' || status === 'timeout');
  const up = results.filter(({ status }) => status === 'up');
  const [slowest] = up.toSorted((a, b) => b.totalMs - a.totalMs);
  const decided = failed ?? slowest ?? results[0];
  if (decided === undefined) throw new TypeError('a name without addresses was resolved');
  return decided;
}
