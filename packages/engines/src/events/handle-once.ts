// Delivery is at least once; this makes handling once, as far as the memory of seen ids reaches. An
// id is `begun` while a handler works and `done` for a window afterwards. When the process dies in
// between, the hold runs out and the event is handled again: nothing is skipped that was not finished.

import { type Clock, HoldfastError } from '@holdfast/kernel';
import type { Delivery, StreamEvent } from './events.ts';

const HOLD_MS_DEFAULT = 30_000;
const WINDOW_MS_DEFAULT = 300_000;
const ENTRIES_MAX_DEFAULT = 100_000;

/** Which events were handled. Rejects with EVENTS_FAILED where it cannot be asked. */
export interface SeenIds {
  /** `new`: it is ours for `holdMs`; else somebody has it or had it. */
  begin(id: string, holdMs: number): Promise<'new' | 'begun' | 'done'>;
  /** Remembered for at least `windowMs`, unless there are too many. */
  done(id: string, windowMs: number): Promise<void>;
  /** It was not handled after all. */
  forget(id: string): Promise<void>;
}

export interface HandleOnceOptions {
  seen: SeenIds;
  /** How long a handler may work before another may begin with the same event; default 30,000. */
  holdMs?: number;
  /** How long a handled id is remembered; default 300,000. */
  windowMs?: number;
}

/**
 * Handles a delivery and acknowledges it. `repeated`: it was handled before, and is acknowledged;
 * `begun`: somebody handles it now, and it stays unacknowledged so that it comes again. When the
 * handler rejects, so does this, and the event comes again.
 */
export function handleOnce(
  { seen, holdMs = HOLD_MS_DEFAULT, windowMs = WINDOW_MS_DEFAULT }: HandleOnceOptions,
  handler: (event: StreamEvent, delivery: Delivery) => Promise<void>,
): (delivery: Delivery) => Promise<'handled' | 'repeated' | 'begun'> {
  return async (delivery) => {
    const { event } = delivery;
    const state = await seen.begin(event.id, holdMs);
    if (state === 'begun') return 'begun';
    if (state === 'new') {
      try {
        await handler(event, delivery);
      } catch (error) {
        await seen.forget(event.id).catch(() => {});
        throw error;
      }
      await seen.done(event.id, windowMs);
    }
    await delivery.ack();
    return state === 'new' ? 'handled' : 'repeated';
  };
}

interface Seen {
  state: 'begun' | 'done';
  /** Monotonic. */
  untilMs: number;
}

/** Within one process. Beyond `entriesMax` the oldest that are done are forgotten. */
export function memorySeenIds(clock: Clock, entriesMax = ENTRIES_MAX_DEFAULT): SeenIds {
  return new MemorySeenIds(clock, entriesMax);
}

class MemorySeenIds implements SeenIds {
  readonly #clock: Clock;
  readonly #entriesMax: number;
  /** The one that was touched longest ago first. */
  readonly #entries = new Map<string, Seen>();

  constructor(clock: Clock, entriesMax: number) {
    this.#clock = clock;
    this.#entriesMax = entriesMax;
  }

  async begin(id: string, holdMs: number): Promise<'new' | 'begun' | 'done'> {
    const known = this.#entries.get(id);
    if (known !== undefined && known.untilMs > this.#clock.nowMs()) return known.state;
    this.#put(id, 'begun', holdMs);
    return 'new';
  }

  async done(id: string, windowMs: number): Promise<void> {
    this.#put(id, 'done', windowMs);
  }

  async forget(id: string): Promise<void> {
    this.#entries.delete(id);
  }

  #put(id: string, state: Seen['state'], forMs: number): void {
    const nowMs = this.#clock.nowMs();
    this.#entries.delete(id);
    if (this.#entries.size >= this.#entriesMax) this.#makeRoom(nowMs);
    this.#entries.set(id, { state, untilMs: nowMs + forMs });
  }

  #makeRoom(nowMs: number): void {
    for (const [id, { state, untilMs }] of this.#entries) {
      if (state === 'begun' && untilMs > nowMs) continue;
      this.#entries.delete(id);
      return;
    }
    throw new HoldfastError(
      'BUSY',
      `${this.#entriesMax} events are being handled at once`,
      'Handle fewer at once, or let the memory of seen ids be larger.',
    );
  }
}
