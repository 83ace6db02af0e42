// What every result store must do with runs that lie anywhere in time: on edges of whatever the store
// groups them by, years apart, or planned by a clock that was set back. Part of results.conformance.

import assert from 'node:assert/strict';
import { seededChance } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import type { Results } from './results.ts';
import { sampleResult } from './sample-results.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 2, 1);
const EVER = { fromMs: 0, toMs: 8.64e12 + 1 };

/** On both sides of five minutes, hours apart, at the ends of time. */
export async function findsScatteredRuns(results: Results): Promise<void> {
  const times = [
    ...[0, 1, 299_999, 300_000, 3_599_999, 3_600_000],
    ...[START_MS - 1, START_MS, START_MS + 299_999, START_MS + 300_000, START_MS + 5 * HOUR_MS],
    ...[START_MS + 400 * DAY_MS, 8.64e12 - 1, 8.64e12],
  ];
  const [row] = runs(1, START_MS);
  assert.ok(row);
  const all = times.map((plannedAtMs) => ({ ...row, key: { ...row.key, plannedAtMs } }));
  await results.append(all.filter((_, index) => index % 3 !== 0).toReversed());
  const { appended, duplicates } = await results.append(all);
  assert.deepEqual([appended, duplicates], [5, 9]);
  const check = { namespace: 'default', check: 'web' };
  const timesOf = (found: ProbeResult[]) => found.map(({ key }) => key.plannedAtMs);
  assert.deepEqual(timesOf(await results.latest({ perCheck: 100 })), times.toReversed());
  assert.deepEqual(timesOf(await results.latest({ perCheck: 3 })), times.slice(-3).reverse());
  assert.deepEqual(timesOf(await results.series({ check, ...EVER })), times);
  for (const [from, to] of [
    [2, 3],
    [3, 8],
    [6, 10],
    [0, 13],
  ] as const) {
    const range = { fromMs: times[from] ?? 0, toMs: times[to] ?? 0 };
    assert.deepEqual(timesOf(await results.series({ check, ...range })), times.slice(from, to));
    const back = await results.series({ check, ...range, descending: true, limit: 2 });
    assert.deepEqual(timesOf(back), times.slice(from, to).reverse().slice(0, 2));
  }
}

export async function findsRunsOfSetBackClock(results: Results): Promise<void> {
  const before = runs(30, START_MS + DAY_MS);
  const after = runs(30, START_MS + DAY_MS - 2 * HOUR_MS);
  for (const row of [...before, ...after]) await results.append([row]);
  const check = { namespace: 'default', check: 'web' };
  assert.deepEqual(await results.series({ check, ...EVER }), [...after, ...before]);
  assert.deepEqual(await results.latest({ perCheck: 35 }), [
    ...before.toReversed(),
    ...after.toReversed().slice(0, 5),
  ]);
}

function runs(count: number, startMs: number): ProbeResult[] {
  const chance = seededChance(1);
  return Array.from({ length: count }, (_, index) =>
    sampleResult(chance, { check: 'web', plannedAtMs: startMs + index * 30_000 }),
  );
}
