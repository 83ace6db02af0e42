import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault, seededChance } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { ProbeResult, Status } from '@holdfast/resources/result';
import fc from 'fast-check';
import { runRetrying, tryPlan } from './retry.ts';

const check: CompiledCheck = {
  namespace: 'default',
  name: 'shop',
  target: 'tcp://127.0.0.1:1',
  intervalMs: 30_000,
  timeoutMs: 10_000,
  labels: {},
  paused: false,
  spec: { kind: 'tcp', host: '127.0.0.1', port: 1, ip: 'any' },
  retry: { attempts: 3, backoffMs: 1_000 },
};

function result(status: Status, attempt: number): ProbeResult {
  const key = { namespace: 'default', check: 'shop', location: 'here', plannedAtMs: 0, attempt };
  const plain = { key, kind: 'tcp', target: check.target, agent: 'a', startedAtMs: 0 };
  const times = { scheduleLagMs: 0, loopLagMs: 0, totalMs: 5, phases: [], context: {}, detail: {} };
  const bad = status === 'up' ? {} : { fault: fault('CONNECT_REFUSED', 'refused') };
  return { ...plain, ...times, status, ...bad };
}

async function tried(statuses: Status[], signal?: AbortSignal) {
  const clock = new SimulatedClock(0);
  const startedMs: number[] = [];
  const running = runRetrying(check, {
    clock,
    chance: seededChance(1),
    runOnce: async (_, attempt) => {
      startedMs.push(clock.nowMs());
      return result(statuses[attempt] ?? 'down', attempt);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  await clock.advanceAsync(20_000);
  return { startedMs, result: await running };
}

test('limits double, and all tries and pauses fit the timeout', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 60_000 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 20_000 }),
      (timeoutMs, attempts, backoffMs) => {
        const { limitsMs, pausesMs } = tryPlan({ timeoutMs, retry: { attempts, backoffMs } });
        assert.equal(pausesMs.length, limitsMs.length - 1);
        assert.ok(limitsMs.length >= 1 && limitsMs.length <= attempts);
        const latestMs = pausesMs.map((pauseMs) => pauseMs + 100);
        const sumMs = [...limitsMs, ...latestMs].reduce((sum, ms) => sum + ms, 0);
        assert.ok(sumMs <= timeoutMs + 1e-6);
        for (const [n, limitMs] of limitsMs.entries()) {
          assert.ok(Math.abs(limitMs - (limitsMs[0] ?? 0) * 2 ** n) < 1e-6);
        }
      },
    ),
  );
});

test('a bad try is tried again after 1 s and 2 s, give or take 100 ms', async () => {
  const { startedMs, result: last } = await tried(['down', 'timeout', 'up']);
  assert.equal(last.status, 'up');
  assert.equal(last.key.attempt, 2);
  assert.equal(last.detail.tries, 3);
  const [first = 0, second = 0, third = 0] = startedMs;
  assert.ok(Math.abs(second - first - 1_000) <= 100);
  assert.ok(Math.abs(third - second - 2_000) <= 100);
});

test('the last try decides; up and invalid are never tried again', async () => {
  const worst = await tried(['down', 'down', 'timeout']);
  assert.equal(worst.result.status, 'timeout');
  assert.equal(worst.startedMs.length, 3);
  assert.equal((await tried(['invalid'])).startedMs.length, 1);
  const good = await tried(['up']);
  assert.equal(good.startedMs.length, 1);
  assert.ok(!('tries' in good.result.detail));
});

test('called off in a pause, it makes no further try', async () => {
  const stop = new AbortController();
  stop.abort();
  assert.equal((await tried(['down', 'up'], stop.signal)).startedMs.length, 1);
});
