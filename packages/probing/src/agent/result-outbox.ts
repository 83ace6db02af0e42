// Results on their way to the server: gathered into batches, at most a few of them unacknowledged.
// When the server does not keep up the oldest results are shed and counted; memory never grows.

import { BoundedQueue, type Clock, type Timer } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';

/** Short enough for a living page, long enough that a thousand results are not a thousand messages. */
export const FLUSH_MS = 200;
/** About half a megabyte of JSON: some milliseconds of either side's loop. */
export const BATCH_MAX = 500;
/** Several seconds of the fastest agent. */
export const QUEUE_MAX = 50_000;
/** Enough that the agent never idles while one is being stored. */
export const UNACKNOWLEDGED_MAX = 4;

export class ResultOutbox {
  readonly #clock: Clock;
  readonly #send: (batch: number, results: ProbeResult[]) => void;
  readonly #queue = new BoundedQueue<ProbeResult>(QUEUE_MAX);
  #timer: Timer | undefined;
  /** Numbers of the last batch sent and the last known stored, from 1. */
  #sent = 0;
  #stored = 0;

  constructor(clock: Clock, send: (batch: number, results: ProbeResult[]) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Results dropped since the start. */
  get shed(): number {
    return this.#queue.shed;
  }

  push(result: ProbeResult): void {
    this.#queue.push(result);
    if (this.#queue.size >= BATCH_MAX) this.#sendWhile(BATCH_MAX);
    if (this.#queue.size > 0) this.#timer ??= this.#clock.after(FLUSH_MS, () => this.#flush());
  }

  /** Everything up to this batch was stored. */
  stored(batch: number): void {
    this.#stored = Math.max(this.#stored, Math.min(batch, this.#sent));
    this.#sendWhile(this.#timer === undefined ? 1 : BATCH_MAX);
  }

  /** Sends all that is left without waiting for acknowledgements, and sends nothing afterwards by itself. */
  close(): void {
    this.#timer?.cancel();
    while (this.#queue.size > 0) this.#sendBatch();
  }

  #flush(): void {
    this.#timer = undefined;
    this.#sendWhile(1);
  }

  /** As long as there are `sizeMin` results and room in the window. */
  #sendWhile(sizeMin: number): void {
    while (this.#queue.size >= sizeMin && this.#sent - this.#stored < UNACKNOWLEDGED_MAX) {
      this.#sendBatch();
    }
  }

  #sendBatch(): void {
    this.#sent += 1;
    this.#send(this.#sent, this.#queue.take(BATCH_MAX));
  }
}
