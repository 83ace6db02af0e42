import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { CheckSummary, LiveEvent, Overview } from '@holdfast/resources/api';
import { isSilent, liveness, retryDelayMs } from './connection.ts';
import { applyEvents, applyOverview, EMPTY_LIVE_STATE, RECENT_RUNS_MAX } from './live-state.ts';

const NOW_MS = 1_700_000_000_000;

function check(name: string, changes: Partial<CheckSummary> = {}): CheckSummary {
  return {
    namespace: 'shop',
    name,
    kind: 'http',
    target: 'http://x/',
    labels: {},
    intervalMs: 10_000,
    timeoutMs: 5000,
    paused: false,
    state: 'up',
    recent: [],
    missedRuns: 0,
    ...changes,
  };
}

function overview(checks: CheckSummary[], changes: Partial<Overview> = {}): Overview {
  return {
    nowMs: NOW_MS,
    startedAtMs: NOW_MS - 1000,
    version: '0.1.0',
    demo: false,
    counts: { up: 0, degraded: 0, down: 0, unknown: 0 },
    checks,
    alerts: [],
    agents: [],
    ...changes,
  };
}

function result(name: string, plannedAtMs: number, changes: Partial<LiveEvent> = {}): LiveEvent {
  return {
    type: 'result',
    namespace: 'shop',
    check: name,
    plannedAtMs,
    status: 'up',
    totalMs: 5,
    state: 'up',
    ...changes,
  } as LiveEvent;
}

const start = applyOverview(EMPTY_LIVE_STATE, overview([check('b'), check('a')]), NOW_MS - 500);

test('an overview is sorted, counted, and tells the skew of the clocks', () => {
  assert.deepEqual(
    start.checks.map((item) => item.name),
    ['a', 'b'],
  );
  assert.deepEqual(start.counts, { up: 2, degraded: 0, down: 0, unknown: 0 });
  assert.equal(start.skewMs, 500);
});

const place = (location: string, lastPlannedAtMs: number, state: 'up' | 'down' = 'up') => ({
  location,
  state,
  stale: false,
  lastPlannedAtMs,
});

test('runs of several places at the same moment all count, and each place keeps its own order', () => {
  const locations = [place('fra', 1000), place('nyc', 1000)];
  const before = applyOverview(
    EMPTY_LIVE_STATE,
    overview([check('a', { lastPlannedAtMs: 1000, locations })]),
    NOW_MS,
  );
  const fault = {
    class: 'connect',
    code: 'CONNECT_REFUSED',
    httpStatus: 503,
    message: 'refused',
  } as const;
  const bad = { status: 'down', state: 'down', fault } as const;
  const { state, reread } = applyEvents(
    before,
    [
      result('a', 2000, { ...bad, place: place('fra', 2000, 'down') }),
      result('a', 2000, { state: 'down', place: place('nyc', 2000) }),
      result('a', 1000, { state: 'up', place: place('nyc', 1000) }),
    ],
    NOW_MS,
  );
  const [after] = state.checks;
  assert.equal(reread, false);
  assert.equal(after?.state, 'down');
  assert.equal(after?.recent.length, 2);
  assert.equal(after?.lastFault?.code, 'CONNECT_REFUSED', 'a place that is up does not explain it');
  assert.deepEqual(
    after?.locations?.map(({ location, state }) => `${location} ${state}`),
    ['fra down', 'nyc up'],
  );
});

test('the first word of a second place asks for the overview', () => {
  const { reread } = applyEvents(start, [result('a', 2000, { place: place('nyc', 2000) })], NOW_MS);
  assert.ok(reread);
});

test('a result moves its check and the counts, and leaves the others untouched', () => {
  const fault = {
    class: 'connect',
    code: 'CONNECT_REFUSED',
    httpStatus: 503,
    message: 'refused',
  } as const;
  const down = result('b', NOW_MS, { status: 'down', state: 'down', sinceMs: NOW_MS, fault });
  const { state, reread } = applyEvents(start, [down], NOW_MS);
  assert.equal(reread, false);
  assert.deepEqual(state.counts, { up: 1, degraded: 0, down: 1, unknown: 0 });
  assert.equal(state.checks[1]?.lastFault?.code, 'CONNECT_REFUSED');
  assert.equal(state.checks[1]?.recent.at(-1)?.run, 'd');
  assert.equal(state.checks[0], start.checks[0]);
  const back = applyEvents(state, [result('b', NOW_MS + 1)], NOW_MS).state;
  assert.equal(back.checks[1]?.lastFault, undefined);
  assert.deepEqual(back.counts, start.counts);
});

test('a replayed or older result changes nothing', () => {
  const once = applyEvents(start, [result('a', NOW_MS)], NOW_MS).state;
  const again = applyEvents(once, [result('a', NOW_MS), result('a', NOW_MS - 5)], NOW_MS).state;
  assert.deepEqual(again.checks, once.checks);
  assert.deepEqual(again.counts, once.counts);
});

test('the last runs are kept, and no more', () => {
  const events = Array.from({ length: 100 }, (_, run) => result('a', NOW_MS + run));
  const { state } = applyEvents(start, events, NOW_MS);
  assert.equal(state.checks[0]?.recent.length, RECENT_RUNS_MAX);
  assert.equal(state.checks[0]?.recent.at(-1)?.plannedAtMs, NOW_MS + 99);
});

test('an unknown check, a changed set and a reset ask for the overview again', () => {
  for (const event of [
    result('new', NOW_MS),
    { type: 'checks' },
    { type: 'reset' },
  ] as LiveEvent[]) {
    assert.equal(applyEvents(start, [event], NOW_MS).reread, true);
  }
});

test('a config problem keeps its beginning until it is mended', () => {
  const first = applyEvents(start, [{ type: 'config', problem: 'x' }], NOW_MS).state;
  const second = applyEvents(first, [{ type: 'config', problem: 'y' }], NOW_MS + 9000).state;
  assert.deepEqual(second.configProblem, { text: 'y', sinceMs: NOW_MS });
  assert.equal(applyEvents(second, [{ type: 'config' }], NOW_MS).state.configProblem, undefined);
});

test('an alert replaces its former self, newest first', () => {
  const alert = (id: string, firedAtMs: number): AlertRecord => ({
    id,
    rule: 'r',
    check: { namespace: 'shop', check: 'a' },
    state: 'firing',
    sinceMs: 0,
    firedAtMs,
    failures: 3,
  });
  const events = [
    alert('1', 10),
    alert('2', 20),
    { ...alert('1', 10), state: 'recovered' as const },
  ];
  const { state } = applyEvents(
    start,
    events.map((item) => ({ type: 'alert', alert: item })),
    NOW_MS,
  );
  assert.deepEqual(
    state.alerts.map((item) => [item.id, item.state]),
    [
      ['2', 'firing'],
      ['1', 'recovered'],
    ],
  );
  assert.equal(state.alertVersion, start.alertVersion + 3);
});

test('live is said only while it can be believed', () => {
  const open = { state: 'open', sinceMs: 0, heardAtMs: 100_000 } as const;
  assert.equal(liveness(open, 10_000, 120_000).kind, 'live');
  assert.deepEqual(liveness(open, 10_000, 140_000), { kind: 'stale', sinceMs: 100_000 });
  assert.equal(liveness(open, 60_000, 140_000).kind, 'live');
  assert.equal(liveness(open, undefined, 9e9).kind, 'live');
  assert.equal(liveness({ state: 'connecting', sinceMs: 0 }, 10_000, 500).kind, 'connecting');
  const lost = { state: 'lost', sinceMs: 100_000, heardAtMs: 99_000 } as const;
  assert.equal(liveness(lost, 10_000, 105_000).kind, 'reconnecting');
  assert.deepEqual(liveness(lost, 10_000, 111_000), { kind: 'stale', sinceMs: 99_000 });
  assert.equal(isSilent(0, 1000, 31_000), true);
});

test('waits between connections grow to a bound and are spread', () => {
  assert.equal(retryDelayMs(0, 0), 500);
  assert.equal(retryDelayMs(0, 1), 1000);
  assert.equal(retryDelayMs(50, 1), 30_000);
});
