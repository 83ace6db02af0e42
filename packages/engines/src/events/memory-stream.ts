// One stream in memory: a circle of the last events, numbered from 1 without gaps. The oldest is
// overwritten by the newest; groups and readers find out by the number of the first that is left.
// It must never grow past its length.

import { usage } from './checked-event.ts';
import type { StreamEvent } from './events.ts';

/** Digits of a position, so that numbers ascend as text. */
const POSITION_DIGITS = 16;

/** Is told when something was published. */
export interface Follower {
  wake(): void;
}

export class MemoryStream {
  readonly name: string;
  readonly #lengthMax: number;
  /** The event with number n lies at (n - 1) modulo the length; grows with use. */
  readonly #events: StreamEvent[] = [];
  /** Wall time of publication, never falling. */
  readonly #publishedAtMs: number[] = [];
  #last = 0;
  #lastAtMs = 0;
  /** Copied when it changes, so that whoever is woken may come and go. */
  #followers: readonly Follower[] = [];

  constructor(name: string, lengthMax: number) {
    this.name = name;
    this.#lengthMax = lengthMax;
  }

  /** Number of the oldest event that is kept; one beyond `last` while there is none. */
  get first(): number {
    return Math.max(1, this.#last - this.#lengthMax + 1);
  }

  /** Number of the newest event, 0 while there is none. */
  get last(): number {
    return this.#last;
  }

  append(event: StreamEvent, wallMs: number): void {
    const place = this.#last % this.#lengthMax;
    if (wallMs > this.#lastAtMs) this.#lastAtMs = wallMs;
    this.#events[place] = event;
    this.#publishedAtMs[place] = this.#lastAtMs;
    this.#last += 1;
  }

  /** `first` ≤ number ≤ `last`. */
  at(number: number): StreamEvent {
    return this.#events[(number - 1) % this.#lengthMax] as StreamEvent;
  }

  /** Of an event that is gone: of the oldest that is kept. */
  publishedAtMs(number: number): number {
    const kept = Math.max(number, this.first);
    return this.#publishedAtMs[(kept - 1) % this.#lengthMax] ?? this.#lastAtMs;
  }

  /** Number of the first event that was published then or later; one beyond `last` when none was. */
  firstSince(wallMs: number): number {
    let low = this.first;
    let high = this.#last + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.publishedAtMs(middle) < wallMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  follow(follower: Follower): void {
    this.#followers = [...this.#followers, follower];
  }

  unfollow(follower: Follower): void {
    this.#followers = this.#followers.filter((other) => other !== follower);
  }

  wake(): void {
    for (const follower of this.#followers) follower.wake();
  }
}

export function positionOf(number: number): string {
  return String(number).padStart(POSITION_DIGITS, '0');
}

/** Throws USAGE. */
export function numberOf(position: string): number {
  if (/^\d{16}$/.test(position)) return Number(position);
  throw usage(
    `${JSON.stringify(position.slice(0, 80))} is no position in a stream`,
    'Give a position as a delivery told it.',
  );
}
