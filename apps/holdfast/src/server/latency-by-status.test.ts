import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeRuns } from '@holdfast/engines/results';
import fc from 'fast-check';
import { latencyByStatus } from './latency-by-status.ts';

const CHECK = { namespace: 'default', check: 'shop' };
const RANGE = { fromMs: 0, toMs: 60_000 };

function runsOf(code: string, runs: number, scaleMs: number): CodeRuns {
  const [p50Ms, p90Ms, p99Ms, maxMs] = [5, 9, 10, 20].map((ms) => ms * scaleMs) as [
    number,
    number,
    number,
    number,
  ];
  return { code, runs, p50Ms, p90Ms, p99Ms, maxMs };
}

function of(...codes: CodeRuns[]) {
  return latencyByStatus({ statusLatencies: async () => codes }, CHECK, RANGE);
}

test('codes ascend, and each class is told by how much it lies above the good one', async () => {
  const { codes, classes } = await of(runsOf('503', 3, 100), runsOf('200', 90, 1));
  assert.deepEqual(
    codes.map((one) => [one.code, one.class]),
    [
      ['200', '2xx'],
      ['503', '5xx'],
    ],
  );
  assert.deepEqual(classes[0], {
    class: '2xx',
    runs: 90,
    p50Ms: 5,
    p90Ms: 9,
    p99Ms: 10,
    maxMs: 20,
  });
  assert.equal(classes[1]?.offsetMs, 891);
});

test('names of other protocols are ok or failed; without a good class there is no offset', async () => {
  const named = await of(runsOf('NOERROR', 1, 1), runsOf('NXDOMAIN', 1, 2), runsOf('other', 1, 2));
  assert.deepEqual(
    named.classes.map((one) => [one.class, one.runs, one.offsetMs !== undefined]),
    [
      ['failed', 2, true],
      ['ok', 1, false],
    ],
  );
  assert.equal((await of(runsOf('500', 1, 1))).classes[0]?.offsetMs, undefined);
  assert.deepEqual((await of()).classes, []);
});

test('a class lies between its codes, nearer to the one with more runs, in order', async () => {
  const codes = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 99 }), fc.double({ min: 0, max: 1e6, noNaN: true })),
    {
      minLength: 1,
      maxLength: 16,
    },
  );
  await fc.assert(
    fc.asyncProperty(codes, async (list) => {
      const all = list.map(([runs, scale], index) => runsOf(String(200 + index), runs, scale));
      const [joined] = (await of(...all)).classes;
      assert.ok(joined);
      for (const field of ['p50Ms', 'p90Ms', 'p99Ms', 'maxMs'] as const) {
        const own = all.map((one) => one[field]);
        assert.ok(joined[field] >= Math.min(...own) && joined[field] <= Math.max(...own), field);
      }
      assert.ok(joined.p50Ms <= joined.p90Ms + 1e-3 && joined.p90Ms <= joined.p99Ms + 1e-3);
    }),
  );
  const [many] = (await of(runsOf('200', 9_999, 1), runsOf('204', 1, 100))).classes;
  assert.ok((many?.p90Ms ?? 0) < 10);
});
