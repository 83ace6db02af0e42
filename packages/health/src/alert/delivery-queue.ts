// Gets every delivery to its channel: persisted as pending before the first attempt, then sent in
// the lane of its channel until it is done or given up. A dead channel holds up nobody but itself,
// a journal that fails holds up nothing: waking someone matters more than the book about it.

import type { AlertJournal } from '@holdfast/engines/alert-journal';
import type { Chance, Clock, Counter, Logger, Meter } from '@holdfast/kernel';
import type { AlertDelivery } from '@holdfast/resources/alert-record';
import type { CompiledChannel } from '@holdfast/resources/compiled-alert';
import { DeliveryLane } from './delivery-lane.ts';
import type { Send, Senders, SendOutcome } from './sender.ts';

export interface DeliveryQueueOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  meter: Meter;
  journal: Pick<AlertJournal, 'saveDelivery'>;
  send: Senders;
}

export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions;
  readonly #done: Counter;
  /** By channel name; as many as there were channels since the start. */
  readonly #lanes = new Map<string, DeliveryLane>();
  #channels = new Map<string, CompiledChannel>();

  constructor(options: DeliveryQueueOptions) {
    this.#options = options;
    const help = 'Alert deliveries that came to an end: delivered or failed.';
    this.#done = options.meter.counter('holdfast_alert_deliveries_total', help, [
      'channel',
      'outcome',
    ]);
  }

  /** Deliveries under way use the new settings from their next attempt on. */
  configure(channels: readonly CompiledChannel[]): void {
    this.#channels = new Map(channels.map((channel) => [channel.name, channel]));
  }

  /** Persists a new delivery, then queues it. Never rejects. */
  async push(delivery: AlertDelivery): Promise<void> {
    await this.#save(delivery);
    await this.resume(delivery);
  }

  /** Queues a delivery that the journal already holds as pending. */
  async resume(delivery: AlertDelivery): Promise<void> {
    await this.#lane(delivery.channel).add(delivery);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
  }

  #lane(channel: string): DeliveryLane {
    const known = this.#lanes.get(channel);
    if (known) return known;
    const { clock, chance } = this.#options;
    const lane = new DeliveryLane({
      clock,
      chance,
      attempt: (delivery, signal) => this.#attempt(delivery, signal),
      keep: (delivery) => this.#keep(delivery),
    });
    this.#lanes.set(channel, lane);
    return lane;
  }

  async #attempt(delivery: AlertDelivery, signal: AbortSignal): Promise<SendOutcome> {
    const channel = this.#channels.get(delivery.channel);
    if (!channel) return { type: 'refused', outcome: 'no such channel any more' };
    try {
      // The table holds for each type the sender of just that type, which the compiler cannot see.
      const send = this.#options.send[channel.type] as Send<CompiledChannel>;
      return await send(delivery, channel, signal);
    } catch {
      // What was thrown may quote an address with credentials: it is not told.
      return { type: 'failed', outcome: 'the sender broke' };
    }
  }

  async #keep(delivery: AlertDelivery): Promise<void> {
    await this.#save(delivery);
    const { id, channel, event, attempts, outcome, state } = delivery;
    const fields = { delivery: id, channel, event, attempts, outcome };
    const { logger } = this.#options;
    if (state === 'pending') return logger.warn('Alert delivery will be tried again', fields);
    this.#done.add(1, { channel, outcome: state });
    if (state === 'delivered') logger.info('Alert delivered', fields);
    else logger.error('Alert delivery given up', fields);
  }

  async #save(delivery: AlertDelivery): Promise<void> {
    try {
      await this.#options.journal.saveDelivery(delivery);
    } catch (error) {
      const { id, channel } = delivery;
      this.#options.logger.error('Alert journal failed', { delivery: id, channel, error });
    }
  }
}
