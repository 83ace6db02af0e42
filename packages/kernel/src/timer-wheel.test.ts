import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededChance } from './seeded-chance.ts';
import { TimerWheel, type WheelEntry } from './timer-wheel.ts';

type Step =
  | { kind: 'schedule'; inMs: number }
  | { kind: 'cancel'; pick: number }
  | { kind: 'advance'; byMs: number };

/** Delays that meet every level: within a tick, around the powers of 32, days, beyond the span. */
const delayMs = fc.oneof(
  fc.integer({ min: -50, max: 100 }),
  fc.double({ min: 0, max: 40, noNaN: true }),
  fc.integer({ min: 30, max: 34 }).map((ms) => ms * 32),
  fc.integer({ min: 0, max: 32 ** 4 }),
  fc.integer({ min: 0, max: 2 ** 52 }),
  fc.constant(1e300),
);

const gapMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 3, arbitrary: fc.double({ min: 0, max: 3_000, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: -3_000, max: 0 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 32 ** 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 50 }) },
);

const plans = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('schedule' as const), inMs: delayMs }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), byMs: gapMs }) },
  ),
  { maxLength: 120, size: 'max' },
);

interface Waiting {
  id: number;
  dueMs: number;
}

/** The wheel beside a list that is searched and sorted each time: slow, and plainly right. */
class Comparison {
  readonly #wheel: TimerWheel<number>;
  readonly #entries: WheelEntry<number>[] = [];
  #waiting: Waiting[] = [];
  #nowMs: number;

  constructor(tickMs: number, startMs: number) {
    this.#wheel = new TimerWheel<number>(tickMs, startMs);
    this.#nowMs = startMs;
  }

  run(step: Step): void {
    if (step.kind === 'schedule') this.#schedule(this.#nowMs + step.inMs);
    else if (step.kind === 'cancel') this.#cancel(step.pick % (this.#entries.length + 1));
    else this.#advance(this.#nowMs + step.byMs);
    assert.equal(this.#wheel.size, this.#waiting.length);
    this.#checkNextDue();
  }

  #schedule(dueMs: number): void {
    const id = this.#entries.length;
    this.#entries.push(this.#wheel.schedule(dueMs, id));
    this.#waiting.push({ id, dueMs });
  }

  #cancel(id: number): void {
    const entry = this.#entries[id];
    if (entry === undefined) return;
    const left = this.#waiting.filter((waiting) => waiting.id !== id);
    assert.equal(this.#wheel.cancel(entry), left.length < this.#waiting.length);
    this.#waiting = left;
  }

  #advance(nowMs: number): void {
    const fired: Waiting[] = [];
    this.#wheel.advance(nowMs, (id, dueMs) => fired.push({ id, dueMs }));
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= nowMs);
    assert.deepEqual(
      fired,
      due.sort((a, b) => a.dueMs - b.dueMs || a.id - b.id),
    );
    this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > nowMs);
    this.#nowMs = nowMs;
  }

  #checkNextDue(): void {
    const next = this.#wheel.nextDueMs();
    if (this.#waiting.length === 0) assert.equal(next, undefined);
    else assert.ok(next !== undefined && next <= Math.min(...this.#waiting.map((w) => w.dueMs)));
  }
}

test('the wheel fires what a sorted list would fire, in its order, whatever is done to it', () => {
  const tickMs = fc.constantFrom(1, 1, 0.1, 10, 1_000);
  const startMs = fc.constantFrom(0, 12.5, 1_767_225_600_000, -1_000);
  fc.assert(
    fc.property(tickMs, startMs, plans, (tick, start, plan) => {
      const comparison = new Comparison(tick, start);
      for (const step of plan) comparison.run(step);
      comparison.run({ kind: 'advance', byMs: 2 ** 53 });
    }),
    { numRuns: 500 },
  );
});

test('without cancelling, nextDueMs is exact', () => {
  fc.assert(
    fc.property(fc.array(delayMs, { minLength: 1 }), fc.nat(5_000), (dues, nowMs) => {
      const wheel = new TimerWheel<number>();
      for (const dueMs of dues) wheel.schedule(dueMs, 0);
      wheel.advance(nowMs, () => {});
      const later = dues.filter((dueMs) => dueMs > nowMs);
      assert.equal(wheel.nextDueMs(), later.length === 0 ? undefined : Math.min(...later));
    }),
  );
});

test('advancing from one nextDueMs to the next reaches every entry in few wakes', () => {
  const wheel = new TimerWheel<number>();
  const chance = seededChance(3);
  const entries = Array.from({ length: 1_000 }, () => wheel.schedule(chance.next() * 1e7, 0));
  // Half are cancelled, so that bounds go stale.
  for (const [i, entry] of entries.entries()) if (i % 2 === 0) wheel.cancel(entry);
  let wakes = 0;
  let fired = 0;
  for (let next = wheel.nextDueMs(); next !== undefined; next = wheel.nextDueMs()) {
    wakes += 1;
    wheel.advance(next, (_, dueMs) => {
      assert.equal(dueMs, next);
      fired += 1;
    });
  }
  assert.equal(fired, 500);
  assert.ok(wakes <= 1_000, `${wakes} wakes`);
});

test('an item scheduled while firing waits for the next advance, even when it is due', () => {
  const wheel = new TimerWheel<string>();
  const fired: string[] = [];
  const fire = (item: string) => {
    fired.push(item);
    wheel.schedule(0, 'again');
  };
  wheel.schedule(5, 'first');
  wheel.advance(10, fire);
  assert.deepEqual(fired, ['first']);
  assert.equal(wheel.nextDueMs(), 0);
  wheel.advance(10, fire);
  assert.deepEqual(fired, ['first', 'again']);
});

test('an item cancelled while firing does not fire', () => {
  const wheel = new TimerWheel<string>();
  const fired: string[] = [];
  wheel.schedule(1, 'first');
  const second = wheel.schedule(2, 'second');
  wheel.advance(10, (item) => {
    fired.push(item);
    assert.equal(wheel.cancel(second), true);
    assert.equal(wheel.cancel(second), false);
  });
  assert.deepEqual(fired, ['first']);
  assert.equal(wheel.size, 0);
});

test('when a call throws, its item has fired and the rest follows in order', () => {
  const wheel = new TimerWheel<string>();
  for (const item of ['a', 'b', 'd']) wheel.schedule(item.charCodeAt(0), item);
  assert.throws(() =>
    wheel.advance(200, () => {
      throw new Error('broken');
    }),
  );
  assert.equal(wheel.size, 2);
  assert.equal(wheel.nextDueMs(), 'b'.charCodeAt(0));
  wheel.schedule('c'.charCodeAt(0), 'c');
  const fired: string[] = [];
  wheel.advance(200, (item) => fired.push(item));
  assert.deepEqual(fired, ['b', 'c', 'd']);
});

test('an advance within an advance fires each item once', () => {
  const wheel = new TimerWheel<number>();
  for (let i = 0; i < 10; i += 1) wheel.schedule(i, i);
  const fired: number[] = [];
  const fire = (item: number) => {
    fired.push(item);
    if (item === 3) wheel.advance(100, fire);
  };
  wheel.advance(100, fire);
  assert.deepEqual(fired, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('times that are no numbers are refused', () => {
  const wheel = new TimerWheel<number>();
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => wheel.schedule(ms, 0), RangeError);
    assert.throws(() => wheel.advance(ms, () => {}), RangeError);
    assert.throws(() => new TimerWheel(1, ms), RangeError);
  }
  assert.throws(() => new TimerWheel(0), RangeError);
  assert.equal(wheel.size, 0);
});
