import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LatencyBucket } from '@holdfast/resources/api';
import { bucketRun, chartRows, lonePlaces, pointsFor } from './chart-rows.ts';

const bucket = (startMs: number, changes: Partial<LatencyBucket> = {}): LatencyBucket => ({
  startMs,
  stepMs: 60_000,
  up: 1,
  down: 0,
  timeout: 0,
  invalid: 0,
  p50Ms: 5,
  ...changes,
});

test('an absent bucket is a gap, never interpolated', () => {
  const rows = chartRows({
    fromMs: 0,
    toMs: 240_000,
    stepMs: 60_000,
    buckets: [bucket(0), bucket(120_000)],
  });
  assert.deepEqual(rows.atS, [30, 90, 150, 210]);
  assert.deepEqual(rows.p50Ms, [5, null, 5, null]);
  assert.deepEqual(rows.p95Ms, [null, null, null, null]);
  assert.deepEqual(lonePlaces(rows.p50Ms), [0, 2]);
});

test('a range that starts inside a bucket keeps it', () => {
  const rows = chartRows({
    fromMs: 90_000,
    toMs: 150_000,
    stepMs: 60_000,
    buckets: [bucket(60_000), bucket(120_000)],
  });
  assert.deepEqual(rows.p50Ms, [5, 5]);
});

test('the worst of a bucket shows; invalid only when there is nothing else', () => {
  assert.equal(bucketRun(bucket(0)), 'up');
  assert.equal(bucketRun(bucket(0, { invalid: 3 })), 'up');
  assert.equal(bucketRun(bucket(0, { timeout: 1 })), 'some');
  assert.equal(bucketRun(bucket(0, { up: 0, down: 1, timeout: 2 })), 'down');
  assert.equal(bucketRun(bucket(0, { up: 0, timeout: 2 })), 'timeout');
  assert.equal(bucketRun(bucket(0, { up: 0, invalid: 1 })), 'invalid');
});

test('buckets are never finer than the interval, nor more than a chart can show', () => {
  assert.equal(pointsFor(0, 3_600_000, 60_000), 60);
  assert.equal(pointsFor(0, 3_600_000, 1000), 180);
  assert.equal(pointsFor(0, 7 * 86_400_000, 60_000), 180);
  assert.equal(pointsFor(0, 1000, 86_400_000), 2);
});
