// The plainest result store there could be, as functions over all rows ever appended: what engines
// are held against. It must stay so simple that reading it is proof enough.

import assert from 'node:assert/strict';
import type { ProbeResult } from '@holdfast/resources/result';
import { codeOf } from './code-of.ts';
import type { CodeRuns, Latency, LatencyDistribution, Rollup } from './results.ts';

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

/** Rows with distinct keys, all of one check, with no more codes than are told apart. */
export function modelCodes(rows: readonly ProbeResult[]): CodeRuns[] {
  const groups = Map.groupBy(rows, (row) => codeOf(row) ?? '');
  groups.delete('');
  const all = [...groups].map(([code, group]) => {
    const rank = rankOf(group);
    const [p50Ms, p90Ms, p99Ms, maxMs] = [rank(0.5), rank(0.9), rank(0.99), rank(1)];
    return { code, runs: group.length, p50Ms, p90Ms, p99Ms, maxMs };
  });
  return all.sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** Codes and runs exactly, latencies within their error. */
export function assertCodes(actual: readonly CodeRuns[], expected: readonly CodeRuns[]): void {
  const plain = (all: readonly CodeRuns[]) => all.map(({ code, runs }) => ({ code, runs }));
  assert.deepEqual(plain(actual), plain(expected));
  for (const [index, { code: _, ...numbers }] of expected.entries())
    for (const [field, value] of Object.entries(numbers)) {
      const told = actual[index]?.[field as keyof typeof numbers] ?? Number.NaN;
      assert.ok(Math.abs(told - value) <= value * QUANTILE_ERROR, `${field}: ${told} for ${value}`);
    }
}

/** Rows with distinct keys, all of one check. Values within the error of a bound may lie beside it. */
export function assertDistribution(
  actual: readonly LatencyDistribution[],
  rows: readonly ProbeResult[],
  { stepMs, boundsMs }: { stepMs: number; boundsMs: readonly number[] },
): void {
  const expected = modelRollups(rows, stepMs);
  assert.deepEqual(
    actual.map(({ startMs, failed }) => ({ startMs, failed })),
    expected.map(({ startMs, counts }) => ({ startMs, failed: counts.down + counts.timeout })),
  );
  for (const { startMs, counts } of actual) {
    const isWithin = ({ key }: ProbeResult) =>
      Math.floor(key.plannedAtMs / stepMs) * stepMs === startMs;
    const group = rows.filter((row) => row.status === 'up' && isWithin(row));
    const upTo = (boundMs: number) => group.filter(({ totalMs }) => totalMs <= boundMs).length;
    assert.equal(counts.length, boundsMs.length + 1);
    assert.equal(
      counts.reduce((sum, each) => sum + each, 0),
      group.length,
    );
    let counted = 0;
    for (const [index, boundMs] of boundsMs.entries()) {
      counted += counts[index] ?? 0;
      assert.ok(counted >= upTo(boundMs * (1 - QUANTILE_ERROR)), `too few up to ${boundMs}`);
      assert.ok(counted <= upTo(boundMs * (1 + QUANTILE_ERROR)), `too many up to ${boundMs}`);
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
  const rank = rankOf(group);
  return {
    minMs: rank(0),
    meanMs: group.reduce((sum, { totalMs }) => sum + totalMs, 0) / group.length,
    p50Ms: rank(0.5),
    p95Ms: rank(0.95),
    p99Ms: rank(0.99),
    maxMs: rank(1),
  };
}

function rankOf(group: readonly ProbeResult[]): (share: number) => number {
  const sorted = group.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  return (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}
