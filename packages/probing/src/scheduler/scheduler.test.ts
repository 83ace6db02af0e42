// The scheduler in simulated time: a fleet's worth of checks over ten minutes against plain
// arithmetic, then each promise of the shell by itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededChance, silentLogger, sleep, spreadMs } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { instantAfter } from './planned-instants.ts';
import { type RunPlan, Scheduler } from './scheduler.ts';

const PLAIN = { intervalMs: 1_000, paused: false };

test('1,000 checks over 10 minutes: each instant run or counted, none twice, early or late', async () => {
  const clock = new SimulatedClock();
  const chance = seededChance(42);
  const startMs = clock.wallMs();
  const started = new Map<string, Set<number>>();
  const missed = new Map<string, number>();
  const scheduler = new Scheduler<string, void>({
    clock,
    logger: silentLogger,
    run: (key, plan, signal) => {
      const instants = started.get(key) ?? new Set();
      started.set(key, instants.add(plan.plannedAtMs));
      assert.equal(clock.wallMs(), plan.plannedAtMs);
      assert.equal(plan.startedLateMs, 0);
      const takesMs = chance.integer(100) < 95 ? chance.integer(300) : chance.integer(9_000);
      return sleep(clock, takesMs, signal).catch(() => {});
    },
    sink: () => {},
    onMissed: (key, count) => missed.set(key, (missed.get(key) ?? 0) + count),
  });
  const intervals = new Map<string, number>();
  for (let index = 0; index < 1_000; index += 1) {
    const intervalMs = 1_000 + chance.integer(60_000);
    intervals.set(`shop/check-${index}`, intervalMs);
    scheduler.set(`shop/check-${index}`, { intervalMs, paused: false }, `shop/check-${index}`);
  }
  await clock.advanceAsync(600_000);

  let runs = 0;
  for (const [key, intervalMs] of intervals) {
    const grid = { intervalMs, phaseMs: Math.floor(spreadMs(key, intervalMs)) };
    const expected: number[] = [];
    for (let at = instantAfter(grid, startMs); at <= clock.wallMs(); at = instantAfter(grid, at)) {
      expected.push(at);
    }
    const instants = started.get(key) ?? new Set();
    runs += instants.size;
    assert.equal(instants.size + (missed.get(key) ?? 0), expected.length, key);
    assert.ok(
      [...instants].every((at) => expected.includes(at)),
      key,
    );
  }
  assert.ok(runs > 20_000 && missed.size > 10, `${runs} runs, ${missed.size} checks that missed`);
  const closing = scheduler.close();
  await clock.advanceAsync(6_000);
  await closing;
  assert.equal(clock.pending, 0);
});

test('starts are spread: every second of a 10 s interval holds its share of 1,000 checks', () => {
  const shares = new Array<number>(10).fill(0);
  for (let index = 0; index < 1_000; index += 1) {
    const second = Math.floor(spreadMs(`shop/check-${index}`, 10_000) / 1_000);
    shares[second] = (shares[second] ?? 0) + 1;
  }
  // 100 expected with a deviation of 9.5: four deviations either way.
  assert.ok(
    shares.every((share) => share > 60 && share < 140),
    shares.join(' '),
  );
});

test('a change takes the new work at the next run and leaves the one in flight alone', async () => {
  const { clock, scheduler, results } = fixture();
  scheduler.set('a', PLAIN, { takesMs: 900, name: 'old' });
  await clock.advanceAsync(1_000);
  scheduler.set('a', PLAIN, { takesMs: 10, name: 'new' });
  await clock.advanceAsync(2_000);
  assert.deepEqual(
    results.map((result) => result.name),
    ['old', 'new', 'new'].slice(0, results.length),
  );
  assert.ok(results.length >= 2);
  assert.equal(scheduler.statistics().missed, 0);
});

test('a removed check still hands in the result of its run in flight, and no more', async () => {
  const { clock, scheduler, results } = fixture();
  scheduler.set('a', PLAIN, { takesMs: 1_500, name: 'a' });
  await clock.advanceAsync(1_000);
  scheduler.remove('a');
  await clock.advanceAsync(10_000);
  assert.equal(results.length, 1);
  assert.deepEqual(scheduler.statistics().missedByCheck, {});
  assert.equal(scheduler.statistics().checks, 0);
});

test('runs over the limit wait, and their lag is told', async () => {
  const { clock, scheduler, results } = fixture({ inFlightMax: 1 });
  for (const key of ['a', 'b', 'c']) scheduler.set(key, PLAIN, { takesMs: 400, name: key });
  await clock.advanceAsync(3_000);
  assert.ok(results.some((result) => result.plan.startedLateMs > 0));
  assert.ok(scheduler.statistics().lagMsP99 > 0);
  assert.ok(scheduler.statistics().inFlight <= 1);
});

test('a clock set while all is quiet is noticed within a second', async () => {
  const { clock, scheduler, results, setWall } = fixture();
  scheduler.set('daily', { intervalMs: 86_400_000, paused: false }, { takesMs: 1, name: 'daily' });
  await clock.advanceAsync(1_000);
  setWall(2 * 86_400_000);
  await clock.advanceAsync(1_100);
  assert.equal(results.length, 1);
  assert.equal(scheduler.statistics().missed, 1);
});

test('runNow starts at once, also what is paused, and not what runs already', async () => {
  const { clock, scheduler, results } = fixture();
  scheduler.set('a', { intervalMs: 86_400_000, paused: true }, { takesMs: 50, name: 'a' });
  scheduler.runNow('a');
  scheduler.runNow('a');
  scheduler.runNow('unknown');
  await clock.advanceAsync(100);
  assert.equal(results.length, 1);
});

test('a run that rejects is logged, counted and does not stop the plan', async () => {
  const { clock, scheduler } = fixture();
  scheduler.set('a', PLAIN, { takesMs: Number.NaN, name: 'a' });
  await clock.advanceAsync(5_000);
  assert.equal(scheduler.statistics().runs, 5);
});

test('close lets a short run end, aborts a long one after the grace, starts nothing more', async () => {
  const { clock, scheduler, results } = fixture();
  scheduler.set('short', PLAIN, { takesMs: 600, name: 'short' });
  scheduler.set('long', PLAIN, { takesMs: 60_000, name: 'long' });
  await clock.advanceAsync(1_000);
  assert.ok(scheduler.statistics().inFlight >= 1);
  const before = clock.nowMs();
  let closedAfterMs: number | undefined;
  const closing = scheduler.close(5_000).then(() => {
    closedAfterMs = clock.nowMs() - before;
  });
  await clock.advanceAsync(20_000);
  await closing;
  assert.equal(closedAfterMs, 5_000);
  assert.equal(results.filter((result) => result.name === 'long')[0]?.aborted, true);
  assert.equal(scheduler.statistics().inFlight, 0);
  assert.equal(clock.pending, 0);
});

interface Work {
  /** NaN: the run rejects. */
  takesMs: number;
  name: string;
}

function fixture(limits: { inFlightMax?: number } = {}) {
  const clock = new SimulatedClock();
  let setMs = 0;
  const setWall = (ms: number) => {
    setMs = ms;
  };
  const results: { name: string; plan: RunPlan; aborted: boolean }[] = [];
  const scheduler = new Scheduler<Work, (typeof results)[number]>({
    ...limits,
    clock: {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs() + setMs,
      after: (delayMs, callback) => clock.after(delayMs, callback),
    },
    logger: silentLogger,
    run: async ({ takesMs, name }, plan, signal) => {
      if (Number.isNaN(takesMs)) throw new Error('as the test wants it');
      const aborted = await sleep(clock, takesMs, signal).then(
        () => false,
        () => true,
      );
      return { name, plan, aborted };
    },
    sink: (result) => results.push(result),
  });
  return { clock, scheduler, results, setWall };
}
