// What every result store must do, whatever it stands on. An engine's test calls this with a way to
// open an empty store; a naive model in memory says what the answers should be.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HoldfastError, seededChance } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import fastCheck from 'fast-check';
import {
  assertCodes,
  assertDistribution,
  assertRollups,
  modelCodes,
  modelRollups,
  uniqueByKey,
} from './results.model.ts';
import type { Results } from './results.ts';
import { awkwardResults, sampleResult } from './sample-results.ts';
import { findsRunsOfSetBackClock, findsScatteredRuns } from './scattered-runs.conformance.ts';

export interface OpenedResults {
  results: Results;
  /** Lets go of the store and of what it left behind. */
  close(): Promise<void>;
}

const START_MS = Date.UTC(2026, 2, 1);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ALWAYS = { fromMs: 0, toMs: START_MS + 1000 * DAY_MS };
const PROPERTY_RUNS = 50;

export function resultsConformance(name: string, open: () => Promise<OpenedResults>): void {
  const withStore = (body: (results: Results) => Promise<void>) => async () => {
    const { results, close } = await open();
    try {
      await body(results);
    } finally {
      await close();
    }
  };
  describe(`results: ${name}`, () => {
    it('gives back what was appended, to the last field', withStore(keepsEveryField));
    it('keeps one row per key', withStore(keepsOneRowPerKey));
    it('answers an append of nothing', withStore(appendsNothing));
    it('refuses what cannot be kept, whole', withStore(refusesBadRows));
    it('answers a series in order, within range, limit and statuses', withStore(answersSeries));
    it('answers the latest of each check, newest first', withStore(answersLatest));
    it('finds runs wherever in time they lie', withStore(findsScatteredRuns));
    it('finds runs of a clock that was set back', withStore(findsRunsOfSetBackClock));
    it('refuses questions out of bounds', withStore(refusesBadQuestions));
    it('merges rollups to any whole number of minutes', withStore(mergesRollups));
    it('tells latency by code, of runs up or not', withStore(tellsCodes));
    it('counts further codes together', withStore(countsOtherCodes));
    it('tells how latencies are spread over time', withStore(tellsDistribution));
    it('counts late rows in their own bucket', withStore(countsLateRows));
    it('forgets what is older than the policy', withStore(retains));
    it('stores a certificate once and joins it back', withStore(joinsCertificates));
    it('refuses appends after close', withStore(refusesAfterClose));
    it('agrees with the model over any batches and repeats', withStore(agreesWithModel));
  });
}

async function keepsEveryField(results: Results): Promise<void> {
  const full = runs(3, { failing: 0.5 });
  const [base] = runs(1, { check: 'odd' });
  assert.ok(base);
  const odd = awkwardResults(base);
  await results.append([...full, ...odd]);
  const read = await results.latest({ perCheck: 100 });
  assert.deepEqual(byKey(read), byKey([...full, ...odd]));
}

async function keepsOneRowPerKey(results: Results): Promise<void> {
  const rows = runs(5);
  const first = await results.append([...rows, ...rows.slice(0, 2)]);
  assert.deepEqual(first, { appended: 5, duplicates: 2, shed: 0 });
  const again = await results.append(rows);
  assert.deepEqual(again, { appended: 0, duplicates: 5, shed: 0 });
  const [rollup] = await results.rollups({ ...ALWAYS, stepMs: DAY_MS });
  assert.equal(rollup?.counts.up, 5);
  assert.equal((await results.usage()).rawRows, 5);
}

async function appendsNothing(results: Results): Promise<void> {
  assert.deepEqual(await results.append([]), { appended: 0, duplicates: 0, shed: 0 });
}

async function refusesBadRows(results: Results): Promise<void> {
  const [row] = runs(1);
  assert.ok(row);
  const bad = [
    { ...row, totalMs: Number.NaN },
    { ...row, key: { ...row.key, plannedAtMs: 0.5 } },
    { ...row, key: { ...row.key, attempt: -1 } },
    { ...row, key: { ...row.key, location: 'a\0b' } },
  ];
  for (const each of bad) await assert.rejects(results.append([row, each]), isCode('USAGE'));
  assert.deepEqual(await results.latest({}), []);
}

async function answersSeries(results: Results): Promise<void> {
  const rows = runs(20, { failing: 0.5 });
  await results.append([...rows, ...runs(20, { check: 'other' })]);
  const check = { namespace: 'default', check: 'web' };
  const ask = async (query: object) =>
    (await results.series({ check, ...ALWAYS, ...query })).map(({ key }) => key.plannedAtMs);
  const times = rows.map(({ key }) => key.plannedAtMs);
  assert.deepEqual(await ask({}), times);
  assert.deepEqual(await ask({ descending: true, limit: 3 }), times.slice(-3).reverse());
  assert.deepEqual(await ask({ limit: 3 }), times.slice(0, 3));
  const [fromMs, toMs] = [times[4], times[7]];
  assert.deepEqual(await ask({ fromMs, toMs }), times.slice(4, 7));
  const down = rows.filter(({ status }) => status === 'down').map(({ key }) => key.plannedAtMs);
  assert.ok(down.length > 0 && down.length < 20);
  assert.deepEqual(await ask({ statuses: ['down', 'timeout'] }), down);
  assert.deepEqual(await ask({ statuses: [] }), []);
  const unknown = { namespace: 'default', check: 'nobody' };
  assert.deepEqual(await results.series({ check: unknown, ...ALWAYS }), []);
}

async function answersLatest(results: Results): Promise<void> {
  await results.append([...runs(4, { check: 'b' }), ...runs(9, { check: 'a' })]);
  const all = await results.latest({ perCheck: 3 });
  const seen = all.map(({ key }) => `${key.check} ${(key.plannedAtMs - START_MS) / 30_000}`);
  assert.deepEqual(seen, ['a 8', 'a 7', 'a 6', 'b 3', 'b 2', 'b 1']);
  const checks = ['b', 'nobody'].map((check) => ({ namespace: 'default', check }));
  const [only, ...rest] = await results.latest({ checks });
  assert.equal(only?.key.check, 'b');
  assert.deepEqual(rest, []);
}

async function refusesBadQuestions(results: Results): Promise<void> {
  const check = { namespace: 'default', check: 'web' };
  const bad = [
    () => results.series({ check, ...ALWAYS, limit: 0 }),
    () => results.series({ check, ...ALWAYS, limit: 10_001 }),
    () => results.latest({ perCheck: 101 }),
    () => results.rollups({ check, ...ALWAYS, stepMs: 90_000 }),
    () => results.rollups({ check, ...ALWAYS, stepMs: 0 }),
    () => results.distribution({ check, ...ALWAYS, stepMs: 90_000, boundsMs: [1] }),
    ...[[], [2, 1], [0], [Number.NaN]].map(
      (boundsMs) => () => results.distribution({ check, ...ALWAYS, stepMs: HOUR_MS, boundsMs }),
    ),
  ];
  for (const ask of bad) await assert.rejects(ask, isCode('USAGE'));
}

async function mergesRollups(results: Results): Promise<void> {
  const rows = [...runs(400, { failing: 0.3 }), ...runs(150, { check: 'other' })];
  await results.append(rows);
  for (const minutes of [1, 2, 7, 60, 90, 120, 1440]) {
    const stepMs = minutes * MINUTE_MS;
    assertRollups(await results.rollups({ ...ALWAYS, stepMs }), modelRollups(rows, stepMs));
    const check = { namespace: 'default', check: 'web' };
    const mine = rows.filter(({ key }) => key.check === 'web');
    assertRollups(await results.rollups({ check, ...ALWAYS, stepMs }), modelRollups(mine, stepMs));
  }
  const range = { fromMs: START_MS + 90_000, toMs: START_MS + 150_000 };
  const whole = await results.rollups({ ...range, stepMs: MINUTE_MS });
  const starts = whole.map(({ check, startMs }) => [check.check, (startMs - START_MS) / MINUTE_MS]);
  const expected = ['other', 'web'].flatMap((check) => [
    [check, 1],
    [check, 2],
  ]);
  assert.deepEqual(starts, expected, 'buckets that overlap the range, each whole');
  const nobody = { namespace: 'default', check: 'nobody' };
  assert.deepEqual(await results.rollups({ check: nobody, ...ALWAYS, stepMs: MINUTE_MS }), []);
}

async function tellsCodes(results: Results): Promise<void> {
  const rows = runs(500, { failing: 0.3 });
  await results.append(rows.slice(0, 250));
  await results.append([...rows.slice(250), ...runs(20, { check: 'other' })]);
  const check = { namespace: 'default', check: 'web' };
  assertCodes(await results.statusLatencies({ check, ...ALWAYS }), modelCodes(rows));
  for (const [from, to] of [
    [0, 250],
    [7, 83],
    [59, 61],
    [60, 180],
    [61, 62],
  ] as const) {
    const range = { fromMs: START_MS + from * MINUTE_MS, toMs: START_MS + to * MINUTE_MS };
    const mine = rows.filter(({ key }) => {
      return key.plannedAtMs >= range.fromMs && key.plannedAtMs < range.toMs;
    });
    assertCodes(await results.statusLatencies({ check, ...range }), modelCodes(mine));
  }
  const nobody = { namespace: 'default', check: 'nobody' };
  assert.deepEqual(await results.statusLatencies({ check: nobody, ...ALWAYS }), []);
}

async function countsOtherCodes(results: Results): Promise<void> {
  const rows = runs(40, { startMs: START_MS }).map((row, index) =>
    coded({ ...row, key: { ...row.key, plannedAtMs: START_MS + index } }, 400 + (index % 20)),
  );
  for (const row of rows) await results.append([row]);
  const check = { namespace: 'default', check: 'web' };
  const range = { fromMs: START_MS, toMs: START_MS + HOUR_MS };
  const told = await results.statusLatencies({ check, ...range });
  const named = Array.from({ length: 16 }, (_, index) => [`${400 + index}`, 2]);
  assert.deepEqual(
    told.map(({ code, runs }) => [code, runs]),
    [...named, ['other', 8]],
  );
}

async function tellsDistribution(results: Results): Promise<void> {
  const rows = runs(400, { failing: 0.3 });
  await results.append(rows);
  const check = { namespace: 'default', check: 'web' };
  const boundsMs = [50, 80, 90, 100, 120];
  for (const minutes of [1, 7, 60, 120]) {
    const shape = { stepMs: minutes * MINUTE_MS, boundsMs };
    const told = await results.distribution({ check, ...ALWAYS, ...shape });
    assertDistribution(told, rows, shape);
  }
  const nobody = { namespace: 'default', check: 'nobody' };
  const shape = { ...ALWAYS, stepMs: HOUR_MS, boundsMs };
  assert.deepEqual(await results.distribution({ check: nobody, ...shape }), []);
}

/** The same run with another code; `undefined`: without an answer. */
function coded(row: ProbeResult, code: number | undefined): ProbeResult {
  const { status_code: _, ...detail } = row.detail;
  return { ...row, detail: code === undefined ? detail : { ...detail, status_code: code } };
}

async function countsLateRows(results: Results): Promise<void> {
  const rows = runs(30, { failing: 0.2 });
  const late = runs(10, { location: 'late' });
  await results.append(rows);
  await results.append(runs(5, { check: 'web', startMs: START_MS + 3 * DAY_MS }));
  await results.append(late);
  const early = { fromMs: START_MS, toMs: START_MS + DAY_MS };
  const expected = modelRollups([...rows, ...late], MINUTE_MS);
  assertRollups(await results.rollups({ ...early, stepMs: MINUTE_MS }), expected);
}

async function retains(results: Results): Promise<void> {
  const rows = runs(2_000);
  const other = runs(100, { check: 'other' });
  await results.append([...rows, ...other]);
  const nowMs = START_MS + 10 * HOUR_MS;
  const policy = { rawMs: 5 * HOUR_MS, minuteMs: 8 * HOUR_MS, hourMs: 20 * HOUR_MS };
  assert.equal(await results.retain(policy, nowMs), 700);
  const check = { namespace: 'default', check: 'web' };
  const left = await results.series({ check, ...ALWAYS, limit: 10_000 });
  assert.deepEqual(left, rows.slice(600));
  assert.deepEqual(await results.latest({ checks: [{ ...check, check: 'other' }] }), []);
  const minutes = await results.rollups({ check, ...ALWAYS, stepMs: MINUTE_MS });
  assert.equal(minutes[0]?.startMs, START_MS + 2 * HOUR_MS);
  const [day] = await results.rollups({ check, ...ALWAYS, stepMs: DAY_MS });
  assert.equal(day?.counts.up, 2_000);
  const [ok] = await results.statusLatencies({ check, ...ALWAYS });
  assert.deepEqual([ok?.code, ok?.runs], ['200', 2_000]);
  const usage = await results.usage();
  assert.equal(usage.rawRows, 1_400);
  assert.equal(usage.oldestMs, START_MS + 5 * HOUR_MS);
  assert.equal(await results.retain(policy, nowMs + 1000 * DAY_MS), 1_400);
  assert.deepEqual(await results.rollups({ ...ALWAYS, stepMs: DAY_MS }), []);
  assert.deepEqual(await results.statusLatencies({ check, ...ALWAYS }), []);
  const again = await results.append(rows.slice(0, 10));
  assert.equal(again.appended, 10, 'what was forgotten is new');
  assert.deepEqual(await results.series({ check, ...ALWAYS }), rows.slice(0, 10));
}

async function joinsCertificates(results: Results): Promise<void> {
  const before = runs(3);
  const renewed = runs(3, { startMs: START_MS + 200 * DAY_MS });
  const chains = [before, renewed].map(([row]) => row?.context.tls?.chain);
  assert.notDeepEqual(chains[0], chains[1]);
  const short = runs(2, { startMs: START_MS + DAY_MS }).map(withLeafOnly);
  await results.append(before);
  await results.append(short);
  await results.append(renewed);
  const check = { namespace: 'default', check: 'web' };
  assert.deepEqual(await results.series({ check, ...ALWAYS }), [...before, ...short, ...renewed]);
}

/** The same leaf as ever, without what it stands on. */
function withLeafOnly(row: ProbeResult): ProbeResult {
  const { tls } = row.context;
  assert.ok(tls);
  return { ...row, context: { ...row.context, tls: { ...tls, chain: tls.chain.slice(0, 1) } } };
}

async function refusesAfterClose(results: Results): Promise<void> {
  const queued = results.append(runs(50));
  await results.close();
  assert.deepEqual(await queued, { appended: 50, duplicates: 0, shed: 0 }, 'closing writes');
  await assert.rejects(results.append(runs(1)), isCode('STORE_FAILED'));
  await assert.rejects(results.latest({}), isCode('STORE_FAILED'));
}

/** Batches drawn from few keys, so that they repeat within and across; appended without waiting. */
async function agreesWithModel(results: Results): Promise<void> {
  const run = fastCheck.record({
    check: fastCheck.constantFrom('a', 'b'),
    location: fastCheck.constantFrom('here', 'there'),
    slot: fastCheck.nat(300),
    failing: fastCheck.constantFrom(0, 1),
    code: fastCheck.constantFrom(200, 200, 200, 404, 503, undefined),
  });
  const batches = fastCheck.array(fastCheck.array(run, { maxLength: 30 }), { maxLength: 8 });
  const chance = seededChance(7);
  let tries = 0;
  const property = fastCheck.asyncProperty(batches, async (plan) => {
    // Every try has checks of its own, so that one store serves them all.
    const prefix = `try-${++tries}-`;
    const rows = plan.map((batch) =>
      batch.map(({ slot, check, code, ...rest }) => {
        const plannedAtMs = START_MS + slot * 20_000;
        return coded(sampleResult(chance, { ...rest, check: prefix + check, plannedAtMs }), code);
      }),
    );
    const receipts = await Promise.all(rows.map((batch) => results.append(batch)));
    const unique = uniqueByKey(rows.flat());
    const total = (field: 'appended' | 'duplicates') =>
      receipts.reduce((sum, receipt) => sum + receipt[field], 0);
    assert.equal(total('appended'), unique.length);
    assert.equal(total('duplicates'), rows.flat().length - unique.length);
    for (const name of ['a', 'b']) await agreesOnCheck(results, prefix + name, unique);
  });
  await fastCheck.assert(property, { numRuns: PROPERTY_RUNS, seed: 42 });
}

async function agreesOnCheck(results: Results, name: string, rows: ProbeResult[]): Promise<void> {
  const check = { namespace: 'default', check: name };
  const mine = rows.filter(({ key }) => key.check === name);
  assert.deepEqual(byKey(await results.series({ check, ...ALWAYS })), byKey(mine));
  for (const stepMs of [MINUTE_MS, HOUR_MS])
    assertRollups(await results.rollups({ check, ...ALWAYS, stepMs }), modelRollups(mine, stepMs));
  assertCodes(await results.statusLatencies({ check, ...ALWAYS }), modelCodes(mine));
  const shape = { stepMs: 5 * MINUTE_MS, boundsMs: [70, 90, 110] };
  assertDistribution(await results.distribution({ check, ...ALWAYS, ...shape }), mine, shape);
}

interface RunOptions {
  check?: string;
  location?: string;
  startMs?: number;
  failing?: number;
}

/** Runs of one check, 30 s apart. */
function runs(count: number, options: RunOptions = {}): ProbeResult[] {
  const { check = 'web', startMs = START_MS, ...rest } = options;
  const chance = seededChance(count);
  return Array.from({ length: count }, (_, index) =>
    sampleResult(chance, { check, plannedAtMs: startMs + index * 30_000, ...rest }),
  );
}

function byKey(rows: readonly ProbeResult[]): Map<string, ProbeResult> {
  return new Map(rows.map((row) => [JSON.stringify(row.key), row]));
}

function isCode(code: HoldfastError['code']) {
  return (error: unknown) =>
    error instanceof HoldfastError && error.code === code && error.cure.length > 0;
}
