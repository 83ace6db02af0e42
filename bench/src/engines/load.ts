// One client under one load: as many operations as it does in a given time, so many in flight, and what
// that cost its process. What is in flight at the end is finished and counted.

import { quantileOf } from '@holdfast/kernel';

export interface LoadQuestion {
  operation: Operation;
  /** Operations in flight. */
  concurrency: number;
  /** Whichever comes first. */
  ms: number;
  operations?: number;
}

/** `write`: a transaction that compares once and puts some 300 bytes, as a policy is written. */
export type Operation = 'get' | 'write';

export interface LoadAnswer {
  perS: number;
  /** User and system time of all threads, per operation. */
  cpuUs: number;
  p50Ms: number;
  p99Ms: number;
}

export async function underLoad(
  { concurrency, ms, operations = Number.POSITIVE_INFINITY }: LoadQuestion,
  once: () => Promise<unknown>,
): Promise<LoadAnswer> {
  const timesMs: number[] = [];
  const beganMs = performance.now();
  const cpu = process.cpuUsage();
  const worker = async () => {
    let sentMs = performance.now();
    while (sentMs < beganMs + ms && timesMs.length < operations) {
      await once();
      const nowMs = performance.now();
      timesMs.push(nowMs - sentMs);
      sentMs = nowMs;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = performance.now() - beganMs;
  const sorted = timesMs.sort((a, b) => a - b);
  return {
    perS: (sorted.length / wallMs) * 1_000,
    cpuUs: (user + system) / sorted.length,
    p50Ms: quantileOf(sorted, 0.5) ?? 0,
    p99Ms: quantileOf(sorted, 0.99) ?? 0,
  };
}
