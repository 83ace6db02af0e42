// The plainest result store there could be, as functions over all rows ever appended: what engines
// are held against. It must stay so simple that reading it is proof enough.

import assert from 'node:assert/strict';
import type { ProbeResult } from '@holdfast/resources/result';
import type { Latency, Rollup } from './results.ts';

/** Latencies are told within 1 %; the rest is rounding. */
const QUANTILE_ERROR = 0.0101;

/** The first row of each key. */
export function uniqueByKey(rows: readonly ProbeResult[]): ProbeResult[] {
  const kept = new Map<string, ProbeResult>();
  for (const row of rows) {
    const key = JSON.stringify(row.key);
    if (!kept.has(key)) kept.set(key, row);
  }
  return [...kept.values()];
}

/** Rows with distinct keys, all of one namespace. */
export function modelRollups(rows: readonly ProbeResult[], stepMs: number): Rollup[] {
  const groups = Map.groupBy(rows, ({ key }) => {
    const startMs = Math.floor(key.plannedAtMs / stepMs) * stepMs;
    return JSON.stringify([key.check, startMs]);
  });
  const rollups = [...groups.values()].map((group) => rollupOf(group, stepMs));
  return rollups.sort((a, b) => {
    if (a.check.check !== b.check.check) return a.check.check < b.check.check ? -1 : 1;
    return a.startMs - b.startMs;
  });
}

/** Counts exactly, latencies within their error. */
export function assertRollups(actual: readonly Rollup[], expected: readonly Rollup[]): void {
  const plain = (rollups: readonly Rollup[]) => rollups.map(({ latency: _, ...rest }) => rest);
  assert.deepEqual(plain(actual), plain(expected));
  for (const [index, { latency }] of expected.entries()) {
    const told = actual[index]?.latency;
    assert.equal(told === undefined, latency === undefined);
    for (const [field, value] of Object.entries(latency ?? {})) {
      const toldValue = told?.[field as keyof typeof told] ?? Number.NaN;
      assert.ok(
        Math.abs(toldValue - value) <= value * QUANTILE_ERROR,
        `${field}: ${toldValue} for ${value}`,
      );
    }
  }
}

function rollupOf(group: readonly ProbeResult[], stepMs: number): Rollup {
  const counts = { up: 0, down: 0, timeout: 0, invalid: 0 };
  for (const { status } of group) counts[status] += 1;
  const key = group[0]?.key ?? { namespace: '', check: '', plannedAtMs: 0 };
  const check = { namespace: key.namespace, check: key.check };
  const startMs = Math.floor(key.plannedAtMs / stepMs) * stepMs;
  const latency = latencyOf(group.filter(({ status }) => status === 'up'));
  return { check, startMs, stepMs, counts, ...(latency === undefined ? {} : { latency }) };
}

function latencyOf(group: readonly ProbeResult[]): Latency | undefined {
  if (group.length === 0) return undefined;
  const sorted = group.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return {
    minMs: rank(0),
    meanMs: sorted.reduce((sum, each) => sum + each, 0) / sorted.length,
    p50Ms: rank(0.5),
    p95Ms: rank(0.95),
    p99Ms: rank(0.99),
    maxMs: rank(1),
  };
}
