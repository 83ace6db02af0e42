// The words in which the schedule's core is spoken to and answers: events in, effects out.

/** One reading of both clocks. */
export interface Instant {
  monotonicMs: number;
  wallMs: number;
}

export type MissReason =
  /** The run before was still waiting or in flight. */
  | 'overlap'
  /** Nobody looked at the plan in time: a blocked loop, a machine that slept. */
  | 'stall'
  /** Too many runs were waiting already. */
  | 'queue'
  /** The check was paused or removed while this run waited. */
  | 'withdrawn';

export interface Run<W> {
  key: string;
  work: W;
  /** Wall clock; with the key it names this run and no other. */
  plannedAtMs: number;
  /** The same instant on the monotonic clock. */
  dueMs: number;
}

export type Effect<W> =
  | { type: 'start'; run: Run<W> }
  | { type: 'missed'; key: string; count: number; reason: MissReason };

export type ScheduleEvent<W> =
  | { type: 'tick' }
  /** Adds a check or changes it; with the same interval it keeps its phase and its run in flight. */
  | { type: 'set'; key: string; intervalMs: number; paused: boolean; work: W }
  | { type: 'remove'; key: string }
  /** Outside the plan; nothing happens if the check waits or runs already. */
  | { type: 'runNow'; key: string }
  /** The run in flight of this check came to its end. */
  | { type: 'ended'; key: string }
  /** Plans nothing more; runs in flight go on. */
  | { type: 'close' };

export interface ScheduleOptions {
  inFlightMax?: number;
  waitingMax?: number;
  /** Where in its interval a check is planned; the same for every agent and every restart. */
  spread?: (key: string, intervalMs: number) => number;
}
