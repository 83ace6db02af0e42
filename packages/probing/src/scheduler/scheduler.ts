// The shell around the schedule's core: one timer to the next planned instant, runs started through
// a handed-in function, their results handed to a sink. It decides nothing about when; it must
// never leave a run behind after close.

import { type Clock, type Logger, sleep, type Timer } from '@holdfast/kernel';
import { LagWindow } from './lag-window.ts';
import { ScheduleCore } from './schedule-core.ts';
import type { Effect, MissReason, Run, ScheduleEvent, ScheduleOptions } from './schedule-step.ts';

/** How long close lets runs in flight come to their own end. */
const CLOSE_GRACE_MS = 5_000;
/** How long an aborted run may take to come back before it is given up. */
const ABORT_GRACE_MS = 500;
/** A set clock is noticed within this, however far away the next run is. */
const WALL_LOOK_MS = 1_000;

export interface RunPlan {
  /** Wall clock. */
  plannedAtMs: number;
  attempt: number;
  /** How long after its plan the run begins, by the monotonic clock. */
  startedLateMs: number;
}

export interface SchedulerOptions<W, R> extends ScheduleOptions {
  clock: Clock;
  logger: Logger;
  /** Asked once per run; comes back soon after the signal is aborted. A rejection is logged and gives no result. */
  run: (work: W, plan: RunPlan, signal: AbortSignal) => Promise<R>;
  sink: (result: R) => void;
  onMissed?: (key: string, count: number, reason: MissReason) => void;
}

export interface ScheduleStatistics {
  checks: number;
  inFlight: number;
  /** Runs that came to an end, since the start. */
  runs: number;
  missed: number;
  /** Only checks in the plan that missed a run. */
  missedByCheck: Record<string, number>;
  /** Over the last one to two minutes. */
  lagMsP99: number;
}

export class Scheduler<W, R> {
  readonly #options: SchedulerOptions<W, R>;
  readonly #clock: Clock;
  readonly #core: ScheduleCore<W>;
  readonly #lag: LagWindow;
  /** By check: a check has at most one run in flight. */
  readonly #inFlight = new Map<string, AbortController>();
  readonly #missedByCheck = new Map<string, number>();
  readonly #closed = new AbortController();
  #timer: Timer | undefined;
  #wakeMs = 0;
  #runs = 0;
  #missed = 0;
  #whenIdle: (() => void) | undefined;

  constructor(options: SchedulerOptions<W, R>) {
    this.#options = options;
    this.#clock = options.clock;
    this.#core = new ScheduleCore(this.#now(), options);
    this.#lag = new LagWindow(this.#clock.nowMs());
  }

  /** Adds or changes a check. The work is used from its next run on. */
  set(key: string, plan: { intervalMs: number; paused: boolean }, work: W): void {
    if (this.#closed.signal.aborted) return;
    this.#step({ type: 'set', key, ...plan, work });
  }

  /** A run in flight ends in peace and its result is kept. */
  remove(key: string): void {
    this.#step({ type: 'remove', key });
    this.#missedByCheck.delete(key);
  }

  /** Once, outside the plan; nothing happens if the check is unknown, waits or runs already. */
  runNow(key: string): void {
    this.#step({ type: 'runNow', key });
  }

  statistics(): ScheduleStatistics {
    return {
      checks: this.#core.checks,
      inFlight: this.#core.inFlight,
      runs: this.#runs,
      missed: this.#missed,
      missedByCheck: Object.fromEntries(this.#missedByCheck),
      lagMsP99: this.#lag.quantile(0.99, this.#clock.nowMs()),
    };
  }

  /** Plans nothing more, waits for runs in flight, then aborts them. Results still reach the sink. */
  async close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    this.#closed.abort();
    this.#step({ type: 'close' });
    this.#timer?.cancel();
    await this.#idle(graceMs);
    for (const controller of this.#inFlight.values()) controller.abort();
    await this.#idle(ABORT_GRACE_MS);
  }

  #step(event: ScheduleEvent<W>): void {
    for (const effect of this.#core.step(event, this.#now())) this.#perform(effect);
    if (event.type !== 'ended') this.#arm();
  }

  #perform(effect: Effect<W>): void {
    if (effect.type === 'start') void this.#launch(effect.run);
    else this.#countMissed(effect.key, effect.count, effect.reason);
  }

  #countMissed(key: string, count: number, reason: MissReason): void {
    this.#missed += count;
    this.#missedByCheck.set(key, (this.#missedByCheck.get(key) ?? 0) + count);
    this.#options.onMissed?.(key, count, reason);
  }

  /** Owned by `#inFlight`; never rejects. */
  async #launch(run: Run<W>): Promise<void> {
    const controller = new AbortController();
    this.#inFlight.set(run.key, controller);
    const nowMs = this.#clock.nowMs();
    const startedLateMs = Math.max(0, nowMs - run.dueMs);
    this.#lag.add(startedLateMs, nowMs);
    try {
      const plan = { plannedAtMs: run.plannedAtMs, attempt: 0, startedLateMs };
      this.#options.sink(await this.#options.run(run.work, plan, controller.signal));
    } catch (error) {
      this.#options.logger.error('A run ended without a result.', { check: run.key, error });
    }
    this.#end(run.key);
  }

  #end(key: string): void {
    this.#runs += 1;
    this.#inFlight.delete(key);
    this.#step({ type: 'ended', key });
    if (this.#inFlight.size === 0) this.#whenIdle?.();
  }

  /** Waits until nothing is in flight, at most `graceMs`. */
  async #idle(graceMs: number): Promise<void> {
    if (this.#inFlight.size === 0) return;
    const waited = new AbortController();
    this.#whenIdle = () => waited.abort();
    await sleep(this.#clock, graceMs, waited.signal).catch(() => {});
    this.#whenIdle = undefined;
  }

  #arm(): void {
    const dueMs = this.#closed.signal.aborted ? undefined : this.#core.nextDueMs();
    if (dueMs === undefined) return;
    const nowMs = this.#clock.nowMs();
    const wakeMs = Math.min(dueMs, nowMs + WALL_LOOK_MS);
    if (this.#timer !== undefined && this.#wakeMs <= wakeMs) return;
    this.#timer?.cancel();
    this.#wakeMs = wakeMs;
    // Rounded up: a timer that fires a fraction early would find nothing due and be set again.
    this.#timer = this.#clock.after(Math.max(0, Math.ceil(wakeMs - nowMs)), () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    this.#step({ type: 'tick' });
  }

  #now() {
    return { monotonicMs: this.#clock.nowMs(), wallMs: this.#clock.wallMs() };
  }
}
