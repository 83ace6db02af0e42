// The times of a check in ms, defaults filled in: one reading for the rules across fields and for
// the compiler, so that what is proven is what runs.

import type { PhaseName } from '@holdfast/kernel';
import type { CheckSpec } from '../check.ts';
import { type DurationText, durationMs } from '../fields/duration-field.ts';

/** Often enough to notice within a minute, rare enough to be no load. */
export const DEFAULT_INTERVAL_MS = 30_000;
/** Longer than people wait; shortened to the interval, so that runs never overlap. */
const DEFAULT_TIMEOUT_MS = 10_000;
/** As long as a restart behind a balancer may take to be noticed by it. */
const DEFAULT_BACKOFF_MS = 1_000;
/** Far enough apart that one burst of loss does not take all. */
const DEFAULT_PACKET_INTERVAL_MS = 200;

type Spec = Partial<CheckSpec>;

export function intervalMs(spec: Spec): number {
  return milliseconds(spec.interval) ?? DEFAULT_INTERVAL_MS;
}

export function timeoutMs(spec: Spec): number {
  return milliseconds(spec.timeout) ?? Math.min(DEFAULT_TIMEOUT_MS, intervalMs(spec));
}

/** Absent where there is one try. */
export function retryOf({ retries }: Spec): { attempts: number; backoffMs: number } | undefined {
  const attempts = retries?.attempts ?? 1;
  if (attempts < 2) return undefined;
  return { attempts, backoffMs: milliseconds(retries?.backoff) ?? DEFAULT_BACKOFF_MS };
}

export function packetIntervalMs(spec: Spec): number {
  return milliseconds(spec.packetInterval) ?? DEFAULT_PACKET_INTERVAL_MS;
}

export const PHASES = ['resolve', 'connect', 'tls', 'write', 'wait', 'transfer'] as const;

/** Absent where no phase has a limit; what the check says wins over what its pool says. */
export function phaseLimitsMs(
  { timeouts }: Spec,
  ofPool: Partial<Record<PhaseName, number>> = {},
): Partial<Record<PhaseName, number>> | undefined {
  const limits = PHASES.flatMap((phase) => {
    const limit = milliseconds(timeouts?.[phase]) ?? ofPool[phase];
    return limit === undefined ? [] : [[phase, limit] as const];
  });
  return limits.length === 0 ? undefined : Object.fromEntries(limits);
}

export function milliseconds(written: DurationText | undefined): number | undefined {
  return written === undefined ? undefined : durationMs(written);
}
