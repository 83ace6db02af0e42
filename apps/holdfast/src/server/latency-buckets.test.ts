import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleResult } from '../testing/sample.ts';
import { bucketsOf, stepFor } from './latency-buckets.ts';

test('buckets count every status, and time only the good runs; gaps are gaps', () => {
  const buckets = bucketsOf(
    [
      sampleResult({ atMs: 9_000, status: 'down' }),
      sampleResult({ atMs: 1_000, totalMs: 10 }),
      sampleResult({ atMs: 1_500, totalMs: 20 }),
      sampleResult({ atMs: 1_900, totalMs: 900, status: 'timeout' }),
    ],
    1_000,
  );
  assert.deepEqual(buckets, [
    {
      startMs: 1_000,
      stepMs: 1_000,
      up: 2,
      down: 0,
      timeout: 1,
      invalid: 0,
      minMs: 10,
      p50Ms: 15,
      p95Ms: 19.5,
      p99Ms: 19.9,
      maxMs: 20,
    },
    { startMs: 9_000, stepMs: 1_000, up: 0, down: 1, timeout: 0, invalid: 0 },
  ]);
});

test('the step is the finest that gives at most the points wanted', () => {
  const hourMs = 3_600_000;
  assert.equal(stepFor({ fromMs: 0, toMs: hourMs, points: 240 }, 1_000), 15_000);
  assert.equal(stepFor({ fromMs: 0, toMs: 24 * hourMs, points: 300 }, 60_000), 300_000);
  assert.equal(stepFor({ fromMs: 0, toMs: 1_000, points: 240 }, 60_000), 60_000);
  assert.equal(stepFor({ fromMs: 0, toMs: 9_600 * hourMs, points: 10 }, 60_000), 86_400_000);
});
