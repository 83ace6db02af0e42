import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import fc from 'fast-check';
import { sleep } from './clock.ts';
import { isHoldfastError } from './error.ts';
import { SimulatedClock } from './fake/index.ts';
import { Semaphore } from './semaphore.ts';

interface Job {
  startMs: number;
  workMs: number;
  patienceMs: number;
}

const jobs = fc.array(
  fc.record({ startMs: fc.nat(50), workMs: fc.nat(50), patienceMs: fc.nat(80) }),
  { minLength: 1, maxLength: 30 },
);

interface Tally {
  holders: number;
  holdersMax: number;
  done: number;
  aborted: number;
}

async function runJob(clock: SimulatedClock, semaphore: Semaphore, job: Job, tally: Tally) {
  await sleep(clock, job.startMs);
  const abort = new AbortController();
  const patience = clock.after(job.patienceMs, () => abort.abort(new Error('impatient')));
  try {
    const release = await semaphore.acquire(abort.signal);
    patience.cancel();
    tally.holders += 1;
    tally.holdersMax = Math.max(tally.holdersMax, tally.holders);
    await sleep(clock, job.workMs);
    tally.holders -= 1;
    release();
    release();
    tally.done += 1;
  } catch {
    tally.aborted += 1;
  }
}

test('never more holders than permits, every waiter gets a permit or its abort, none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), jobs, async (permits, plan) => {
      const clock = new SimulatedClock();
      const semaphore = new Semaphore(permits);
      const tally: Tally = { holders: 0, holdersMax: 0, done: 0, aborted: 0 };
      const running = Promise.all(plan.map((job) => runJob(clock, semaphore, job, tally)));
      await clock.advanceAsync(plan.length * 50 + 200);
      await running;
      assert.ok(tally.holdersMax <= permits);
      assert.equal(tally.done + tally.aborted, plan.length);
      assert.equal(semaphore.available, permits);
      assert.equal(semaphore.waiting, 0);
    }),
    { numRuns: 50 },
  );
});

test('permits go round in order of arrival and nobody overtakes', async () => {
  const semaphore = new Semaphore(1);
  const order: string[] = [];
  const first = await semaphore.acquire();
  const waiting = ['a', 'b', 'c'].map(async (name) => {
    const release = await semaphore.acquire();
    order.push(name);
    release();
  });
  assert.equal(semaphore.waiting, 3);
  first();
  // The permit is a's already, though a has not run yet.
  assert.equal(semaphore.tryAcquire(), undefined);
  await Promise.all(waiting);
  assert.deepEqual(order, ['a', 'b', 'c']);
  assert.equal(semaphore.available, 1);
});

test('an abort rejects at once with its reason and leaves the line', async () => {
  const semaphore = new Semaphore(1);
  const release = await semaphore.acquire();
  const abort = new AbortController();
  const reason = new Error('closing');
  const waiting = semaphore.acquire(abort.signal);
  abort.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(semaphore.acquire(abort.signal), reason);
  assert.equal(semaphore.waiting, 0);
  release();
  assert.equal(semaphore.available, 1);
});

test('an abort after the permit was given changes nothing', async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const abort = new AbortController();
  const waiting = semaphore.acquire(abort.signal);
  first();
  assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
  abort.abort();
  const release = await waiting;
  assert.equal(semaphore.available, 0);
  release();
  assert.equal(semaphore.available, 1);
});

test('releasing twice gives one permit back', () => {
  const semaphore = new Semaphore(2);
  const release = semaphore.tryAcquire();
  release?.();
  release?.();
  assert.equal(semaphore.available, 2);
});

test('a full waiting line refuses', async () => {
  const semaphore = new Semaphore(1, 1);
  const release = await semaphore.acquire();
  const waiting = semaphore.acquire();
  await assert.rejects(
    semaphore.acquire(),
    (error) => isHoldfastError(error) && error.code === 'INTERNAL',
  );
  release();
  (await waiting)();
});
