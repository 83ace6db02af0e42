// What became of the runs that were asked for lately, built from the stream that all servers share,
// so that any of them can answer for any run. Bounded in runs and in results; the oldest are forgotten.

import type { Events } from '@holdfast/engines/events';
import type { Chance, Clock, Logger } from '@holdfast/kernel';
import type { RunState, ToldResult } from '@holdfast/resources/api';
import type { RunFinished, RunRequest } from '@holdfast/resources/fleet';
import type { ProbeResult } from '@holdfast/resources/result';
import { Backoff } from '../backoff.ts';
import { asFinished, asRequest, RUN_EXPIRES_MS, RUNS_STREAM } from './run-request.ts';

export interface RunBookOptions {
  events: Events;
  /** Where a request is to be run, as things are when it is read. */
  locationsOf(request: RunRequest): string[];
  /** As pages are told of it. */
  tell(result: ProbeResult): ToldResult;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

export interface RunBook {
  /** Undefined for a run that is unknown or forgotten. */
  state(run: string): RunState | undefined;
  /** Newest first. */
  history(limit: number): RunState[];
  /**
   * As `state`, as soon as the run is over, or after `waitMs`; also a run that was asked for at
   * another server a moment ago. Rejects with the signal's reason.
   */
  wait(run: string, waitMs: number, signal?: AbortSignal): Promise<RunState | undefined>;
  close(): Promise<void>;
}

const RUNS_MAX = 1_000;
/** One run may have as many as there are locations. */
const RESULTS_MAX = 5_000;
const LOOK_BACK_MS = 3_600_000;
const WAITERS_MAX = 1_000;
const RETRY_BASE_MS = 250;
const RETRY_CAP_MS = 10_000;

/** Reads from one hour ago on, in the background. */
export function openRunBook(options: RunBookOptions): RunBook {
  return new Book(options);
}

interface Entry {
  request: RunRequest;
  locations: string[];
  results: Map<string, ToldResult>;
}

class Book implements RunBook {
  readonly #options: RunBookOptions;
  /** In the order of the stream. */
  readonly #entries = new Map<string, Entry>();
  readonly #waiters = new Map<string, Set<() => void>>();
  #waiting = 0;
  #results = 0;
  #position: string | undefined;
  readonly #closed = new AbortController();
  readonly #reading: Promise<void>;

  constructor(options: RunBookOptions) {
    this.#options = options;
    this.#reading = this.#readOn();
  }

  state(run: string): RunState | undefined {
    const entry = this.#entries.get(run);
    return entry && this.#tell(entry);
  }

  history(limit: number): RunState[] {
    const newest = [...this.#entries.values()].reverse().slice(0, limit);
    return newest.map((entry) => this.#tell(entry));
  }

  async wait(run: string, waitMs: number, signal?: AbortSignal): Promise<RunState | undefined> {
    const untilMs = this.#options.clock.nowMs() + waitMs;
    for (;;) {
      const state = this.state(run);
      const restMs = untilMs - this.#options.clock.nowMs();
      const isOver = state !== undefined && state.state !== 'queued';
      if (isOver || restMs <= 0 || this.#waiting >= WAITERS_MAX) return state;
      if (this.#closed.signal.aborted) return state;
      await this.#news(run, restMs, signal);
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#reading;
    for (const waiters of this.#waiters.values()) for (const wake of [...waiters]) wake();
  }

  /** The stream ends when the engine is away; then it is taken up where it was. Never rejects. */
  async #readOn(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#closed;
    const backoff = new Backoff({ ...this.#options, baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS });
    const fromMs = clock.wallMs() - LOOK_BACK_MS;
    while (!signal.aborted) {
      try {
        await this.#read(fromMs, () => backoff.reset());
      } catch (error) {
        if (!signal.aborted) logger.warn('The history of runs cannot be read on.', { error });
      }
      await backoff.wait(signal);
    }
  }

  async #read(fromMs: number, onEvent: () => void): Promise<void> {
    const { events } = this.#options;
    const from = this.#position === undefined ? { fromMs } : { after: this.#position };
    const read = events.read(RUNS_STREAM, { ...from, live: true }, this.#closed.signal);
    for await (const { event, position } of read) {
      onEvent();
      this.#position = position;
      const request = asRequest(event);
      const finished = event.type === 'RunFinished' ? asFinished(event.data) : undefined;
      if (request) this.#take(request);
      if (finished) this.#finish(finished);
    }
  }

  #take(request: RunRequest): void {
    if (this.#entries.has(request.run)) return;
    const locations = this.#options.locationsOf(request);
    this.#entries.set(request.run, { request, locations, results: new Map() });
    this.#forget();
    this.#wake(request.run);
  }

  /** The first result of a location stays: a second one is a second delivery. */
  #finish({ run, location, result }: RunFinished): void {
    const entry = this.#entries.get(run);
    if (entry === undefined || entry.results.has(location)) return;
    if (!entry.locations.includes(location)) entry.locations.push(location);
    entry.results.set(location, this.#options.tell(result));
    this.#results += 1;
    this.#forget();
    this.#wake(run);
  }

  #forget(): void {
    for (const [run, { results }] of this.#entries) {
      const fits = this.#entries.size <= RUNS_MAX && this.#results <= RESULTS_MAX;
      if (fits || this.#entries.size === 1) return;
      this.#entries.delete(run);
      this.#results -= results.size;
    }
  }

  #tell({ request, locations, results }: Entry): RunState {
    const isDone = locations.length > 0 && locations.every((location) => results.has(location));
    const isLate = this.#options.clock.wallMs() - request.requestedAtMs >= RUN_EXPIRES_MS;
    const { run, namespace, check, requestedAtMs, by } = request;
    const state = isDone ? 'finished' : isLate ? 'expired' : 'queued';
    const told = [...results].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, result]) => result);
    return {
      run,
      namespace,
      check,
      requestedAtMs,
      by,
      state,
      locations: [...locations],
      results: told,
    };
  }

  #wake(run: string): void {
    for (const wake of [...(this.#waiters.get(run) ?? [])]) wake();
  }

  /** Resolves when something came for the run, after `limitMs`, or when the book is closed. */
  #news(run: string, limitMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const waiters = this.#waiters.get(run) ?? new Set();
      this.#waiters.set(run, waiters);
      this.#waiting += 1;
      const leave = () => {
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
        this.#waiting -= 1;
        waiters.delete(wake);
        if (waiters.size === 0) this.#waiters.delete(run);
      };
      const wake = () => {
        leave();
        resolve();
      };
      const onAbort = () => {
        leave();
        reject(signal?.reason);
      };
      const timer = this.#options.clock.after(limitMs, wake);
      waiters.add(wake);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
