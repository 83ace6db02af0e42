import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import { sampleCheck, sampleResult } from '../testing/sample.ts';
import { countStates, createLiveView, RECENT_RUNS } from './live-view.ts';

test('a result moves its check and is told as an event; a foreign one is not taken', () => {
  const view = createLiveView();
  view.configure([sampleCheck()]);
  const event = view.observe(
    sampleResult({ status: 'down', fault: fault('SERVER_FAILED', '503') }),
  );
  assert.equal(event?.state, 'down');
  assert.equal(event?.fault?.code, 'SERVER_FAILED');
  assert.equal(
    view.observe(sampleResult({ key: { ...sampleResult().key, check: 'other' } })),
    undefined,
  );
  assert.equal(view.observe(sampleResult({ atMs: 500 })), undefined, 'an older run is not news');
  const summary = view.summary('default', 'shop');
  assert.equal(summary?.lastStatus, 'down');
  assert.deepEqual(summary?.recent, [{ plannedAtMs: 1_000, totalMs: 12.5, run: 'd' }]);
});

test('it keeps the last runs only, and percentiles of the good ones among them', () => {
  const view = createLiveView();
  view.configure([sampleCheck()]);
  for (let at = 1; at <= RECENT_RUNS + 10; at += 1)
    view.observe(sampleResult({ atMs: at, totalMs: at }));
  const summary = view.summary('default', 'shop');
  assert.equal(summary?.recent.length, RECENT_RUNS);
  assert.equal(summary?.recent[0]?.plannedAtMs, 11);
  assert.equal(summary?.p50Ms, 40.5);
});

test('a changed configuration keeps what is known of checks that stay', () => {
  const view = createLiveView();
  view.configure([sampleCheck(), sampleCheck({ name: 'gone' })]);
  view.observe(sampleResult());
  view.setMissedRuns({ 'default/shop': 3, 'default/unknown': 1 });
  view.setAvailability('default', 'shop', 0.5);
  view.configure([sampleCheck({ intervalMs: 5_000 }), sampleCheck({ name: 'new' })]);
  const summary = view.summary('default', 'shop');
  assert.equal(summary?.intervalMs, 5_000);
  assert.equal(summary?.missedRuns, 3);
  assert.equal(summary?.availability24h, 0.5);
  assert.equal(view.has('default', 'gone'), false);
  assert.deepEqual(countStates(view.summaries()), { up: 1, degraded: 0, down: 0, unknown: 1 });
});

test('a check measured at three places is down when two say so, and each place is told', () => {
  const view = createLiveView();
  view.configure([sampleCheck({ locations: ['fra', 'nyc', 'sin'] })]);
  const run = (location: string, atMs: number, status: 'up' | 'down') =>
    view.observe(
      sampleResult({ status, key: { ...sampleResult().key, location, plannedAtMs: atMs } }),
    )?.state;
  assert.equal(run('fra', 1_000, 'up'), 'up');
  assert.equal(run('nyc', 1_000, 'up'), 'up');
  assert.equal(run('sin', 1_000, 'down'), 'degraded');
  const told = view.observe(
    sampleResult({
      status: 'down',
      key: { ...sampleResult().key, location: 'nyc', plannedAtMs: 2_000 },
    }),
  );
  assert.equal(told?.state, 'down');
  assert.deepEqual([told?.place?.location, told?.place?.state], ['nyc', 'down']);
  const summary = view.summary('default', 'shop');
  assert.equal(summary?.sinceMs, 2_000);
  assert.equal(summary?.lastStatus, 'down');
  assert.deepEqual(
    summary?.locations?.map(({ location, state, stale }) => [location, state, stale]),
    [
      ['fra', 'up', false],
      ['nyc', 'down', false],
      ['sin', 'down', false],
    ],
  );
  const hours = 3_600_000;
  assert.equal(run('fra', hours, 'up'), 'up', 'what is silent for long is not asked');
  assert.equal(view.summary('default', 'shop')?.locations?.[1]?.stale, true);
  view.configure([sampleCheck({ locations: ['fra'] })]);
  assert.equal(view.summary('default', 'shop')?.locations, undefined);
});
