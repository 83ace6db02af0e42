// Carries what waits in the spool to the servers: one batch at a time, in order, again until it was
// stored. While the agent's place in the fleet is unsure it holds still. A result that no store takes
// is given up alone, so that it cannot hold up all that come after it.

import { type Chance, type Clock, isHoldfastError, type Logger } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { Backoff } from '../backoff.ts';
import { withTimeLimit } from '../time-limit.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Gate } from './gate.ts';
import type { Spool } from './spool.ts';

export interface DeliveryOptions {
  controlPlane: Pick<ControlPlane, 'deliver'>;
  agent: string;
  location: string;
  spool: Spool;
  /** Open while results may go. */
  gate: Gate;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

const DELIVER_MS_MAX = 30_000;
const RETRY_BASE_MS = 250;
const RETRY_CAP_MS = 10_000;

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #backoff: Backoff;
  #refused = 0;
  #failing = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ ...options, baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS });
  }

  /** Results that no store takes, since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** The last try did not reach a server. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Until `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { spool, gate } = this.#options;
    while (!signal.aborted) {
      try {
        await spool.whenWaiting(signal);
        await gate.whenOpen(signal);
        if (await this.#deliverNext(signal)) this.#arrived();
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(error);
        await this.#backoff.wait(signal);
      }
    }
  }

  /** All that waits now, without trying twice; rejects with the first failure. */
  async drain(signal: AbortSignal): Promise<void> {
    while (await this.#deliverNext(signal));
  }

  async #deliverNext(signal: AbortSignal): Promise<boolean> {
    const { spool } = this.#options;
    const batch = await spool.next();
    if (batch === undefined) return false;
    await this.#deliver(batch.results, signal);
    spool.done(batch);
    return true;
  }

  /** Halves what is refused until the bad one stands alone. */
  async #deliver(results: ProbeResult[], signal: AbortSignal): Promise<void> {
    if (results.length === 0) return;
    try {
      await this.#send(results, signal);
    } catch (error) {
      if (!isHoldfastError(error) || error.code !== 'USAGE') throw error;
      if (results.length === 1) return this.#giveUp(results[0] as ProbeResult, error);
      const half = Math.ceil(results.length / 2);
      await this.#deliver(results.slice(0, half), signal);
      await this.#deliver(results.slice(half), signal);
    }
  }

  #send(results: ProbeResult[], signal: AbortSignal): Promise<void> {
    const { controlPlane, agent, location, clock } = this.#options;
    const late = 'No server took the results in time';
    return withTimeLimit({ clock, limitMs: DELIVER_MS_MAX, late }, signal, (limit) =>
      controlPlane.deliver({ agent, location, results }, limit),
    );
  }

  #giveUp(result: ProbeResult, error: Error): void {
    this.#refused += 1;
    const { namespace, check, plannedAtMs } = result.key;
    const fields = { namespace, check, plannedAtMs, error };
    this.#options.logger.error('A result is given up: no store takes it.', fields);
  }

  #arrived(): void {
    this.#backoff.reset();
    if (!this.#failing) return;
    this.#failing = false;
    this.#options.logger.info('Results are delivered again.');
  }

  #failed(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#options.logger.warn('Results cannot be delivered and wait here.', { error });
  }
}
