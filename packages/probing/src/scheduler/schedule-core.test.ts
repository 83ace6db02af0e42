// Properties of the schedule's core under random commands, run lengths, stalls and wall jumps, with
// books kept beside it that know only the rules: what is planned, what was started, what was missed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chance, seededChance, spreadMs } from '@holdfast/kernel';
import fc from 'fast-check';
import { instantAfter, instantAtOrBefore } from './planned-instants.ts';
import { ScheduleCore } from './schedule-core.ts';
import type { Instant } from './schedule-step.ts';

const WALL_MS = 1_780_000_000_123;

test('an instant lies on the grid and within one interval of the time asked about', () => {
  const grids = fc
    .integer({ min: 1_000, max: 86_400_000 })
    .chain((intervalMs) =>
      fc.record({ intervalMs: fc.constant(intervalMs), phaseMs: fc.nat(intervalMs - 1) }),
    );
  const times = fc.integer({ min: 0, max: 4e12 });
  const holds = (grid: { intervalMs: number; phaseMs: number }, wallMs: number) => {
    const before = instantAtOrBefore(grid, wallMs);
    const after = instantAfter(grid, wallMs);
    assert.ok(before <= wallMs && wallMs < after);
    assert.equal(after - before, grid.intervalMs);
    assert.equal((after - grid.phaseMs) % grid.intervalMs, 0);
  };
  fc.assert(fc.property(grids, times, holds));
});

test('refuses intervals outside 1 s to 24 h', () => {
  const core = new ScheduleCore<null>({ monotonicMs: 0, wallMs: WALL_MS });
  for (const intervalMs of [999, 1_000.5, 86_400_001, Number.NaN]) {
    const event = { type: 'set', key: 'a', intervalMs, paused: false, work: null } as const;
    assert.throws(() => core.step(event, { monotonicMs: 0, wallMs: WALL_MS }), RangeError);
  }
});

test('a restart keeps the phase: two cores started apart plan the same instants', () => {
  const starts = (startedMs: number) => {
    const at = (ms: number) => ({ monotonicMs: ms, wallMs: WALL_MS + startedMs + ms });
    const core = new ScheduleCore<null>(at(0));
    const event = { type: 'set', key: 'shop/api', intervalMs: 7_000, paused: false, work: null };
    core.step({ ...event, type: 'set' }, at(0));
    return core.step({ type: 'tick' }, at(60_000 - startedMs));
  };
  const planned = [0, 3_456.5, 44_000].map((startedMs) =>
    starts(startedMs).flatMap((effect) => (effect.type === 'start' ? effect.run.plannedAtMs : [])),
  );
  assert.equal(planned[0]?.length, 1);
  assert.deepEqual(planned[1], planned[0]);
  assert.deepEqual(planned[2], planned[0]);
});

test('under any commands each planned instant is started or missed once, none early, none twice', () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 });
  fc.assert(fc.property(seeds, fc.boolean(), playAtRandom), { numRuns: 150 });
});

/** What the rules say of one check, without knowing how the core works. */
interface Book {
  intervalMs: number;
  planned: number;
  started: Set<number>;
  accounted: number;
  busy: boolean;
}

/** Runs that were asked for are in no plan: with them the books cannot be even, the rest must hold. */
function playAtRandom(seed: number, asking: boolean): void {
  const chance = seededChance(seed);
  const limits = { inFlightMax: 1 + chance.integer(8), waitingMax: 1 + chance.integer(8) };
  const world = new World(
    chance,
    new ScheduleCore<null>({ monotonicMs: 0, wallMs: WALL_MS }, limits),
  );
  for (let turn = 0; turn < 400; turn += 1) world.turn(asking);
  world.settle(asking);
}

class World {
  readonly #chance: Chance;
  readonly #core: ScheduleCore<null>;
  readonly #books = new Map<string, Book>();
  #now: Instant = { monotonicMs: 0, wallMs: WALL_MS };
  /** Of the plan: wall = monotonic + offset, as of the last large jump. */
  #offsetMs = WALL_MS;
  #backward = 0;

  constructor(chance: Chance, core: ScheduleCore<null>) {
    this.#chance = chance;
    this.#core = core;
    for (let index = 0; index < 12; index += 1) this.#set(`check-${index}`);
  }

  turn(asking: boolean): void {
    const what = this.#chance.integer(100);
    const key = `check-${this.#chance.integer(12)}`;
    if (what < 60) this.#pass(this.#chance.integer(900) + this.#chance.next());
    else if (what < 85) this.#end(key);
    else if (what < 90 && asking) this.#step({ type: 'runNow', key });
    else if (what < 93) this.#pass(this.#chance.integer(30_000));
    else if (what < 96) this.#jump((this.#chance.next() - 0.5) * 40_000);
    else this.#jump((this.#chance.next() - 0.5) * 900);
  }

  /** With all runs ended and everything looked at, the books must be even. */
  settle(asking: boolean): void {
    this.#step({ type: 'tick' });
    this.#step({ type: 'close' });
    for (const key of this.#books.keys()) this.#end(key);
    for (const [key, book] of this.#books) {
      if (!asking)
        assert.equal(book.accounted, book.planned, `${key}, ${this.#backward} jumps back`);
    }
    assert.equal(this.#core.inFlight, 0);
    assert.equal(this.#core.nextDueMs(), undefined);
  }

  #set(key: string): void {
    const intervalMs = 1_000 + this.#chance.integer(9_000);
    const book = { intervalMs, planned: 0, started: new Set<number>(), accounted: 0 };
    this.#books.set(key, { ...book, busy: false });
    this.#step({ type: 'set', key, intervalMs, paused: false, work: null });
  }

  /** Counts the instants that time passes over: by the plan's clock, which ignores small jumps. */
  #pass(ms: number): void {
    const fromMs = this.#planMs();
    this.#now = { monotonicMs: this.#now.monotonicMs + ms, wallMs: this.#now.wallMs + ms };
    this.#countPlanned(fromMs, this.#planMs());
    this.#step({ type: 'tick' });
  }

  #planMs(): number {
    return this.#now.monotonicMs + this.#offsetMs;
  }

  #jump(ms: number): void {
    const fromMs = this.#planMs();
    this.#now = { ...this.#now, wallMs: this.#now.wallMs + ms };
    const offsetMs = this.#now.wallMs - this.#now.monotonicMs;
    if (Math.abs(offsetMs - this.#offsetMs) > 1_000) {
      const forward = offsetMs > this.#offsetMs;
      this.#offsetMs = offsetMs;
      if (forward) this.#countPlanned(fromMs, this.#planMs());
      else this.#backward += 1;
    }
    this.#step({ type: 'tick' });
  }

  #countPlanned(fromMs: number, toMs: number): void {
    for (const [key, book] of this.#books) {
      const phaseMs =
        (Math.floor(spreadMs(key, book.intervalMs)) + this.#backward) % book.intervalMs;
      const grid = { intervalMs: book.intervalMs, phaseMs };
      const passed = instantAtOrBefore(grid, toMs) - instantAtOrBefore(grid, fromMs);
      book.planned += Math.round(passed / book.intervalMs);
    }
  }

  #end(key: string): void {
    const book = this.#books.get(key);
    if (book?.busy !== true) return;
    book.busy = false;
    this.#step({ type: 'ended', key });
  }

  #step(event: Parameters<ScheduleCore<null>['step']>[0]): void {
    for (const effect of this.#core.step(event, this.#now)) {
      const key = effect.type === 'start' ? effect.run.key : effect.key;
      const book = this.#books.get(key);
      assert.ok(book);
      book.accounted += effect.type === 'start' ? 1 : effect.count;
      if (effect.type === 'missed') continue;
      const { plannedAtMs, dueMs } = effect.run;
      assert.ok(!book.busy, `${key} runs twice at once`);
      assert.ok(!book.started.has(plannedAtMs), `${key} ran twice at ${plannedAtMs}`);
      assert.ok(dueMs <= this.#now.monotonicMs + 0.001, `${key} ran early`);
      book.started.add(plannedAtMs);
      book.busy = true;
    }
  }
}
