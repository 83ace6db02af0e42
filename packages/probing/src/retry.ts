// Tries again before it calls a target bad: a run with retries is up when one of its tries is. The
// check's timeout covers all tries and pauses. Each try may take twice as long as the one before, so
// that a slow target gets its chance without a dead one holding up the first. Only what the target
// did is tried again, never a fault of our own.

import { type Chance, type Clock, jitter, sleep } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';

/** Keeps the tries of many checks from falling together. */
const JITTER_MS = 100;
/** Shorter than this no try is worth making. */
const TRY_MS_MIN = 50;

export interface TryPlan {
  /** Time limit of each try: base · 2ⁿ. */
  limitsMs: number[];
  /** Pause after each try but the last: backoff · 2ⁿ. */
  pausesMs: number[];
}

export interface Retrying {
  clock: Clock;
  chance: Chance;
  runOnce(check: CompiledCheck, attempt: number): Promise<ProbeResult>;
  signal?: AbortSignal;
}

/** Limits and pauses add up to the check's timeout; as many tries as that leaves room for. */
export function tryPlan(check: Pick<CompiledCheck, 'timeoutMs' | 'retry'>): TryPlan {
  const { timeoutMs, retry } = check;
  for (let tries = retry?.attempts ?? 1; tries > 1; tries -= 1) {
    const pausesMs = Array.from({ length: tries - 1 }, (_, n) => (retry?.backoffMs ?? 0) * 2 ** n);
    const pausedMs = pausesMs.reduce((sum, pauseMs) => sum + pauseMs + JITTER_MS, 0);
    const baseMs = (timeoutMs - pausedMs) / (2 ** tries - 1);
    if (baseMs < TRY_MS_MIN) continue;
    return { limitsMs: Array.from({ length: tries }, (_, n) => baseMs * 2 ** n), pausesMs };
  }
  return { limitsMs: [timeoutMs], pausesMs: [] };
}

/** The result of the try that decided, with `attempt` counted from 0 and the earlier ones in its detail. */
export async function runRetrying(check: CompiledCheck, how: Retrying): Promise<ProbeResult> {
  const { limitsMs, pausesMs } = tryPlan(check);
  const earlier: Record<string, unknown>[] = [];
  for (let attempt = 0; ; attempt += 1) {
    const timeoutMs = limitsMs[attempt] ?? check.timeoutMs;
    const result = await how.runOnce({ ...check, timeoutMs }, attempt);
    const pauseMs = pausesMs[attempt];
    const final = result.status === 'up' || result.status === 'invalid' || pauseMs === undefined;
    if (final || how.signal?.aborted) return told(result, earlier);
    earlier.push({ status: result.status, code: result.fault?.code, total_ms: result.totalMs });
    await pause(how, pauseMs);
    if (how.signal?.aborted) return told(result, earlier.slice(0, -1));
  }
}

async function pause({ clock, chance, signal }: Retrying, pauseMs: number): Promise<void> {
  await sleep(clock, Math.max(0, jitter(chance, pauseMs, JITTER_MS)), signal).catch(() => {});
}

function told(result: ProbeResult, earlier: readonly Record<string, unknown>[]): ProbeResult {
  if (earlier.length === 0) return result;
  return {
    ...result,
    detail: { ...result.detail, tries: earlier.length + 1, earlier_tries: earlier },
  };
}
