// The shell around the live reducers: reads the overview, listens to server-sent events, applies
// them in batches on animation frames, reconnects by itself, and notices a stream that has gone quiet.
// The overview is read again after every break, so a lost event can never be believed for long.

import type { LiveEvent, Overview } from '@holdfast/resources/api';
import { useSyncExternalStore } from 'react';
import { type Answer, getJson } from '../api/client.ts';
import { type Connection, isSilent, retryDelayMs } from './connection.ts';
import { applyEvents, applyOverview, EMPTY_LIVE_STATE, type LiveState } from './live-state.ts';
import { createStore, useStore } from './store.ts';

const EVENT_TYPES: readonly LiveEvent['type'][] = [
  'result',
  'checks',
  'config',
  'alert',
  'agents',
  'reset',
];

/** Events held while the overview loads or the tab sleeps; beyond it, reading anew is cheaper. */
const PENDING_MAX = 10_000;
/** How long the first overview waits for the stream, so that nothing falls between the two. */
const FIRST_READ_MS = 400;
/** Patience with the first answer; doubles with each further try, for large overviews on slow lines. */
const FIRST_ANSWER_MS = 4000;
const FIRST_TRIES_MORE = 2;
/** Percentiles and availability come with the overview only; a large one is read less often. */
const REREAD_MS = 60_000;
const REREAD_LARGE_MS = 300_000;
const LARGE_CHECKS = 500;
/** Ten changes of the page a second are as live as an eye can tell, and leave time for all else. */
const FLUSH_MS_MIN = 100;
/** A hidden tab has no frames, but its title must still turn. */
const FLUSH_MS_MAX = 1000;
const WATCH_MS = 5000;

class LiveStore {
  readonly state = createStore<LiveState>(EMPTY_LIVE_STATE);
  readonly connection = createStore<Connection>({ state: 'connecting', sinceMs: Date.now() });
  #source: EventSource | undefined;
  #attempt = 0;
  #pending: LiveEvent[] = [];
  #frame = 0;
  #flushTimer: number | undefined;
  #flushedAtMs = 0;
  #retryTimer: number | undefined;
  #reading = false;
  #firstTries = 0;
  #readAgain = false;
  #readAtMs = 0;

  /** Called once, by the page's entry; lives as long as the page. */
  open(): void {
    this.#connect();
    window.setTimeout(() => {
      if (this.#readAtMs === 0) this.read();
    }, FIRST_READ_MS);
    window.setInterval(() => this.#watch(), WATCH_MS);
    window.addEventListener('online', () => this.#wake());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#wake();
    });
  }

  /** Reads the overview now; a call while one is under way makes one more follow it. */
  read(): void {
    if (this.#reading) {
      this.#readAgain = true;
      return;
    }
    this.#reading = true;
    this.#readAtMs = Date.now();
    void this.#readOnce();
  }

  async #readOnce(): Promise<void> {
    const isFirst = this.state.get().overview === undefined;
    const signal = isFirst
      ? AbortSignal.timeout(FIRST_ANSWER_MS * 2 ** this.#firstTries)
      : new AbortController().signal;
    const answer = await getJson<Overview>('/api/v1/overview', signal);
    this.#reading = false;
    // A first request that got stuck on its way is overtaken: an empty page helps nobody.
    if (isFirst && isUnanswered(answer) && this.#firstTries < FIRST_TRIES_MORE) {
      this.#firstTries += 1;
      this.read();
      return;
    }
    if (answer.ok) this.state.set(applyOverview(this.state.get(), answer.value, Date.now()));
    else this.state.set({ ...this.state.get(), failure: answer.failure });
    if (this.#pending.length > 0) this.#schedule();
    if (this.#readAgain) {
      this.#readAgain = false;
      this.read();
    }
  }

  #connect(): void {
    window.clearTimeout(this.#retryTimer);
    this.#source?.close();
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onerror = () => this.#lost(source);
    for (const type of EVENT_TYPES)
      source.addEventListener(type, (message) => this.#heard(message.data));
  }

  #opened(): void {
    this.#attempt = 0;
    this.#setConnection('open', true);
    this.read();
  }

  /** The browser tries again by itself after a break, but not after a refusal: then we do. */
  #lost(source: EventSource): void {
    if (source !== this.#source) return;
    this.#setConnection('lost', false);
    if (source.readyState !== EventSource.CLOSED) return;
    window.clearTimeout(this.#retryTimer);
    this.#retryTimer = window.setTimeout(
      () => this.#connect(),
      retryDelayMs(this.#attempt, Math.random()),
    );
    this.#attempt += 1;
  }

  #heard(data: unknown): void {
    this.#setConnection('open', true);
    const event = parseEvent(data);
    if (event === undefined) return;
    this.#pending.push(event);
    if (this.#pending.length > PENDING_MAX) this.#pending = [{ type: 'reset' }];
    this.#schedule();
  }

  #schedule(): void {
    if (this.#flushTimer !== undefined || this.state.get().overview === undefined) return;
    const waitMs = Math.max(0, this.#flushedAtMs + FLUSH_MS_MIN - Date.now());
    this.#flushTimer = window.setTimeout(() => {
      this.#frame = window.requestAnimationFrame(() => this.#flush());
      this.#flushTimer = window.setTimeout(() => this.#flush(), FLUSH_MS_MAX);
    }, waitMs);
  }

  #flush(): void {
    window.cancelAnimationFrame(this.#frame);
    window.clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    this.#flushedAtMs = Date.now();
    const events = this.#pending;
    this.#pending = [];
    const before = this.state.get();
    const { state, reread } = applyEvents(before, events, Date.now() + before.skewMs);
    this.state.set(state);
    if (reread) this.read();
  }

  #watch(): void {
    const { state, heardAtMs, sinceMs } = this.connection.get();
    const nowMs = Date.now();
    if (
      state === 'open' &&
      isSilent(heardAtMs ?? sinceMs, shortestIntervalMs(this.state.get()), nowMs)
    )
      this.#connect();
    const everyMs = this.state.get().checks.length > LARGE_CHECKS ? REREAD_LARGE_MS : REREAD_MS;
    const failed = this.state.get().failure !== undefined;
    if (!document.hidden && nowMs - this.#readAtMs > (failed ? WATCH_MS : everyMs)) this.read();
  }

  #wake(): void {
    if (this.connection.get().state !== 'open') this.#connect();
  }

  #setConnection(state: Connection['state'], heard: boolean): void {
    const before = this.connection.get();
    const nowMs = Date.now();
    const heardAtMs = heard ? nowMs : before.heardAtMs;
    this.connection.set({
      state,
      sinceMs: before.state === state ? before.sinceMs : nowMs,
      ...(heardAtMs === undefined ? {} : { heardAtMs }),
    });
  }
}

/** Of the checks that run; absent when none does. */
export function shortestIntervalMs(state: LiveState): number | undefined {
  let shortest: number | undefined;
  for (const check of state.checks) {
    if (!check.paused && (shortest === undefined || check.intervalMs < shortest))
      shortest = check.intervalMs;
  }
  return shortest;
}

export const liveStore = new LiveStore();

/** A part of the live state; renders again only when that part is another one. */
export function useLive<T>(select: (state: LiveState) => T): T {
  return useSyncExternalStore(liveStore.state.subscribe, () => select(liveStore.state.get()));
}

export function useConnection(): Connection {
  return useStore(liveStore.connection);
}

function parseEvent(data: unknown): LiveEvent | undefined {
  try {
    return JSON.parse(String(data)) as LiveEvent;
  } catch {
    return undefined;
  }
}

function isUnanswered(answer: Answer<Overview>): boolean {
  return !answer.ok && answer.failure.httpStatus === undefined;
}
