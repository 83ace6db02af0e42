// When each check runs, as a step function: an event and the time go in, effects come out. It reads
// no clock and starts nothing itself. A check has at most one run that waits or is in flight, and
// every planned instant ends in exactly one of two ways: a start, or a miss that is counted.
//
// The plan lives on the wall clock's grid but time passes by the monotonic clock: the distance of
// the two is taken once and kept, so that slewing moves nothing. Once they differ by more than
// WALL_JUMP_MS the plan is anchored anew. Forward (the machine slept, the clock was set): what was
// jumped over is missed, and the last of it runs late. Backward: the plan starts over from there,
// one millisecond off its former grid, for an instant must never be used twice: it names a result.

import { BoundedQueue, spreadMs, TimerWheel, type WheelEntry } from '@holdfast/kernel';
import {
  assertInterval,
  type Grid,
  instantAfter,
  instantAtOrBefore,
  instantsBetween,
} from './planned-instants.ts';
import type {
  Effect,
  Instant,
  MissReason,
  ScheduleEvent,
  ScheduleOptions,
} from './schedule-step.ts';

/** Sockets, timers and buffers of that many runs still fit one process (mission P9). */
const IN_FLIGHT_MAX = 10_000;
/** As many again may wait; who waits longer than that is better told missed than measured late. */
const WAITING_MAX = 10_000;
/** Slewing and leap-second smearing stay below, setting a clock and sleeping go beyond. */
const WALL_JUMP_MS = 1_000;

interface Waiting<W> {
  check: Check<W>;
  plannedAtMs: number;
  dueMs: number;
  /** Called off while it waited; whoever takes it from the queue passes it over. */
  withdrawn: boolean;
}

interface Check<W> extends Grid {
  key: string;
  work: W;
  paused: boolean;
  /** Gone from the plan, kept until its run in flight has ended. */
  removed: boolean;
  /** The next planned instant (wall clock); means something only while `timer` is set. */
  nextAtMs: number;
  /** The last instant that became a run (wall clock). */
  lastAtMs: number;
  timer: WheelEntry<Check<W>> | undefined;
  /** At most one of `waiting` and `inFlight`. */
  waiting: Waiting<W> | undefined;
  inFlight: boolean;
}

export class ScheduleCore<W> {
  readonly #checks = new Map<string, Check<W>>();
  readonly #wheel: TimerWheel<Check<W>>;
  readonly #waiting: BoundedQueue<Waiting<W>>;
  readonly #inFlightMax: number;
  readonly #spread: (key: string, intervalMs: number) => number;
  /** wall = monotonic + offset, as of the last anchoring. */
  #offsetMs: number;
  /** Grows with each backward jump and shifts every grid, so that no instant comes twice. */
  #backwardJumps = 0;
  #inFlight = 0;
  #effects: Effect<W>[] = [];

  constructor(now: Instant, options: ScheduleOptions = {}) {
    this.#wheel = new TimerWheel(1, now.monotonicMs);
    this.#waiting = new BoundedQueue(options.waitingMax ?? WAITING_MAX);
    this.#inFlightMax = options.inFlightMax ?? IN_FLIGHT_MAX;
    this.#spread = options.spread ?? spreadMs;
    this.#offsetMs = now.wallMs - now.monotonicMs;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Checks in the plan, paused ones too, and removed ones until their run in flight has ended. */
  get checks(): number {
    return this.#checks.size;
  }

  /** When the next tick is wanted (monotonic), if any. */
  nextDueMs(): number | undefined {
    return this.#wheel.nextDueMs();
  }

  /** The state after `event`, and what is to be done about it, in this order. */
  step(event: ScheduleEvent<W>, now: Instant): readonly Effect<W>[] {
    this.#effects = [];
    if (event.type === 'ended') this.#end(event.key);
    else {
      this.#fireDue(now);
      this.#followWall(now);
      if (event.type !== 'tick') this.#apply(event, now);
    }
    this.#startWaiting();
    return this.#effects;
  }

  #apply(event: Exclude<ScheduleEvent<W>, { type: 'tick' | 'ended' }>, now: Instant): void {
    if (event.type === 'set') this.#set(event, now);
    else if (event.type === 'remove') this.#remove(event.key);
    else if (event.type === 'runNow') this.#runNow(event.key, now);
    else for (const key of [...this.#checks.keys()]) this.#remove(key);
  }

  #set(event: Extract<ScheduleEvent<W>, { type: 'set' }>, now: Instant): void {
    assertInterval(event.intervalMs);
    const check = this.#checks.get(event.key) ?? this.#add(event.key, event.work);
    check.work = event.work;
    check.removed = false;
    const samePlan = check.intervalMs === event.intervalMs && check.timer !== undefined;
    if (samePlan && !event.paused) return;
    this.#unplan(check);
    if (event.paused) this.#withdraw(check);
    check.paused = event.paused;
    check.intervalMs = event.intervalMs;
    if (!check.paused) this.#plan(check, now);
  }

  #add(key: string, work: W): Check<W> {
    const check: Check<W> = {
      key,
      work,
      intervalMs: 0,
      phaseMs: 0,
      paused: false,
      removed: false,
      nextAtMs: 0,
      lastAtMs: Number.NEGATIVE_INFINITY,
      timer: undefined,
      waiting: undefined,
      inFlight: false,
    };
    this.#checks.set(key, check);
    return check;
  }

  #remove(key: string): void {
    const check = this.#checks.get(key);
    if (check === undefined) return;
    this.#unplan(check);
    this.#withdraw(check);
    check.removed = true;
    if (!check.inFlight) this.#checks.delete(key);
  }

  #runNow(key: string, now: Instant): void {
    const check = this.#checks.get(key);
    if (check === undefined || check.removed || check.waiting || check.inFlight) return;
    const plannedAtMs = Math.floor(now.monotonicMs + this.#offsetMs);
    if (plannedAtMs > check.lastAtMs) this.#makeReady(check, plannedAtMs);
  }

  #end(key: string): void {
    const check = this.#checks.get(key);
    if (check === undefined || !check.inFlight) return;
    check.inFlight = false;
    this.#inFlight -= 1;
    if (check.removed) this.#checks.delete(key);
  }

  #plan(check: Check<W>, now: Instant): void {
    const spread = Math.floor(this.#spread(check.key, check.intervalMs));
    check.phaseMs = (spread + this.#backwardJumps) % check.intervalMs;
    const fromMs = Math.max(now.monotonicMs + this.#offsetMs, check.lastAtMs);
    check.nextAtMs = instantAfter(check, fromMs);
    this.#schedule(check);
  }

  #schedule(check: Check<W>): void {
    check.timer = this.#wheel.schedule(check.nextAtMs - this.#offsetMs, check);
  }

  #unplan(check: Check<W>): void {
    if (check.timer !== undefined) this.#wheel.cancel(check.timer);
    check.timer = undefined;
  }

  #followWall(now: Instant): void {
    const offsetMs = now.wallMs - now.monotonicMs;
    const jumpMs = offsetMs - this.#offsetMs;
    if (Math.abs(jumpMs) <= WALL_JUMP_MS) return;
    this.#offsetMs = offsetMs;
    if (jumpMs < 0) this.#backwardJumps += 1;
    for (const check of this.#checks.values()) this.#replan(check, jumpMs < 0, now);
    this.#fireDue(now);
  }

  #replan(check: Check<W>, backward: boolean, now: Instant): void {
    if (backward) check.lastAtMs = Number.NEGATIVE_INFINITY;
    if (check.timer === undefined) return;
    this.#unplan(check);
    if (backward) this.#plan(check, now);
    else this.#schedule(check);
  }

  #fireDue(now: Instant): void {
    const due: Check<W>[] = [];
    this.#wheel.advance(now.monotonicMs, (check) => due.push(check));
    const wallMs = now.monotonicMs + this.#offsetMs;
    for (const check of due) {
      check.timer = undefined;
      const latestMs = Math.max(check.nextAtMs, instantAtOrBefore(check, wallMs));
      const skipped = instantsBetween(check, check.nextAtMs, latestMs);
      if (skipped > 0) this.#miss(check, skipped, 'stall');
      check.nextAtMs = latestMs;
    }
    // So that those who must wait do so in the order of their plan.
    if (due.length > 1) due.sort((a, b) => a.nextAtMs - b.nextAtMs);
    for (const check of due) this.#comeDue(check);
  }

  #comeDue(check: Check<W>): void {
    const plannedAtMs = check.nextAtMs;
    if (check.waiting !== undefined || check.inFlight) this.#miss(check, 1, 'overlap');
    else this.#makeReady(check, plannedAtMs);
    check.nextAtMs = instantAfter(check, plannedAtMs);
    this.#schedule(check);
  }

  #makeReady(check: Check<W>, plannedAtMs: number): void {
    check.lastAtMs = plannedAtMs;
    const dueMs = plannedAtMs - this.#offsetMs;
    // Room in flight means that nobody waits: the queue is emptied at the end of every step.
    if (this.#inFlight < this.#inFlightMax) this.#start(check, plannedAtMs, dueMs);
    else this.#wait(check, plannedAtMs, dueMs);
  }

  #wait(check: Check<W>, plannedAtMs: number, dueMs: number): void {
    check.waiting = { check, plannedAtMs, dueMs, withdrawn: false };
    const shed = this.#waiting.push(check.waiting);
    if (shed === undefined || shed.withdrawn) return;
    shed.check.waiting = undefined;
    this.#miss(shed.check, 1, 'queue');
  }

  #withdraw(check: Check<W>): void {
    if (check.waiting === undefined) return;
    check.waiting.withdrawn = true;
    check.waiting = undefined;
    this.#miss(check, 1, 'withdrawn');
  }

  #startWaiting(): void {
    while (this.#inFlight < this.#inFlightMax) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.withdrawn) this.#start(next.check, next.plannedAtMs, next.dueMs);
    }
  }

  #start(check: Check<W>, plannedAtMs: number, dueMs: number): void {
    check.waiting = undefined;
    check.inFlight = true;
    this.#inFlight += 1;
    const run = { key: check.key, work: check.work, plannedAtMs, dueMs };
    this.#effects.push({ type: 'start', run });
  }

  #miss(check: Check<W>, count: number, reason: MissReason): void {
    this.#effects.push({ type: 'missed', key: check.key, count, reason });
  }
}
