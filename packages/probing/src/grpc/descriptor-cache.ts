// Methods found by reflection, kept for a while: asking for them at every run would measure the
// reflection and load the server. Bounded in number and in bytes of descriptors; what was kept
// longest goes first. A server that changes its descriptors is asked anew when the time is over.

import type { Clock } from '@holdfast/kernel';

/** A release of a server changes its descriptors: this is how long it may go unnoticed. */
export const LIFETIME_MS = 300_000;
const ENTRIES_MAX = 256;
/** Of descriptors as they came; parsed ones weigh some times more. */
const BYTES_MAX = 16 * 1024 * 1024;

interface Entry<T> {
  value: T;
  bytes: number;
  untilMs: number;
}

export class DescriptorCache<T> {
  /** Oldest first. */
  readonly #entries = new Map<string, Entry<T>>();
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  get(key: string, clock: Clock): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (clock.nowMs() < entry.untilMs) return entry.value;
    this.#delete(key, entry);
    return undefined;
  }

  set(key: string, value: T, bytes: number, clock: Clock): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#delete(key, before);
    this.#entries.set(key, { value, bytes, untilMs: clock.nowMs() + LIFETIME_MS });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= ENTRIES_MAX && this.#bytes <= BYTES_MAX) break;
      this.#delete(oldest, entry);
    }
  }

  #delete(key: string, entry: Entry<T>): void {
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
