// The deliveries of one channel, one after the other: the next starts when the one before is done
// or given up, so a recovery never overtakes its firing. Each lane waits for itself alone. When the
// lane is full the oldest waiting delivery is given up, counted and logged, never silently lost.

import { BoundedQueue, type Chance, type Clock, formatDuration, sleep } from '@holdfast/kernel';
import type { AlertDelivery } from '@holdfast/resources/alert-record';
import { ATTEMPT_TIMEOUT_MS, afterAttempt } from './delivery-policy.ts';
import type { SendOutcome } from './sender.ts';

/** Two alerts a second for over eight minutes; what waits longer than that helps nobody. */
export const LANE_CAPACITY = 1_000;

export interface LaneContext {
  clock: Clock;
  chance: Chance;
  /** Tries once; must end soon after the signal is aborted. */
  attempt(delivery: AlertDelivery, signal: AbortSignal): Promise<SendOutcome>;
  /** Keeps what became of a delivery; never rejects. */
  keep(delivery: AlertDelivery): Promise<void>;
}

export class DeliveryLane {
  readonly #context: LaneContext;
  readonly #waiting = new BoundedQueue<AlertDelivery>(LANE_CAPACITY);
  /** Ids waiting or being sent: at most LANE_CAPACITY + 1. */
  readonly #known = new Set<string>();
  readonly #closing = new AbortController();
  #work: Promise<void> | undefined;

  constructor(context: LaneContext) {
    this.#context = context;
  }

  /** Adds a delivery that is already persisted; one that is known is left as it is. */
  async add(delivery: AlertDelivery): Promise<void> {
    if (this.#known.has(delivery.id) || this.#closing.signal.aborted) return;
    this.#known.add(delivery.id);
    const shed = this.#waiting.push(delivery);
    this.#work ??= this.#run();
    if (!shed) return;
    this.#known.delete(shed.id);
    await this.#context.keep({
      ...shed,
      state: 'failed',
      outcome: 'shed: the channel is too slow',
    });
  }

  /** Calls off what is under way; it and what waits stay `pending` in the journal. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('Closing'));
    await this.#work;
  }

  async #run(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      await this.#deliver(next);
      this.#known.delete(next.id);
      if (this.#closing.signal.aborted) break;
    }
    this.#work = undefined;
  }

  async #deliver(first: AlertDelivery): Promise<void> {
    const { clock, chance, keep } = this.#context;
    const closing = this.#closing.signal;
    let delivery = first;
    for (;;) {
      const outcome = await this.#attempt(delivery);
      if (closing.aborted && outcome.type !== 'delivered') return;
      const attempts = delivery.attempts + 1;
      const verdict = afterAttempt(outcome, attempts, chance);
      const lastAttemptAtMs = clock.wallMs();
      const { state } = verdict;
      delivery = { ...delivery, state, attempts, lastAttemptAtMs, outcome: outcome.outcome };
      await keep(delivery);
      if (verdict.state !== 'pending') return;
      // Rejects only when the lane closes, which the next line tells as well.
      await sleep(clock, verdict.waitMs, closing).catch(() => undefined);
      if (closing.aborted) return;
    }
  }

  async #attempt(delivery: AlertDelivery): Promise<SendOutcome> {
    const { clock, attempt } = this.#context;
    const deadline = new AbortController();
    const timer = clock.after(ATTEMPT_TIMEOUT_MS, () => deadline.abort(new Error('Too slow')));
    const signal = AbortSignal.any([this.#closing.signal, deadline.signal]);
    try {
      const outcome = await attempt(delivery, signal);
      if (outcome.type === 'delivered' || !deadline.signal.aborted) return outcome;
      const limit = formatDuration(ATTEMPT_TIMEOUT_MS);
      return { type: 'failed', outcome: `no answer within ${limit}` };
    } finally {
      timer.cancel();
    }
  }
}
