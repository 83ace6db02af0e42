// Alerting for the app: probe results in, records in the journal and messages to people out. The
// decisions are pure (alert-state), the sending is the queue's; this shell joins them to the
// journal in an order that survives a crash at any point: nothing is told twice as something new
// and no recovery is forgotten. A journal that fails is logged and never silences an alert.

import assert from 'node:assert/strict';
import type { AlertJournal } from '@holdfast/engines/alert-journal';
import type { Chance, Clock, Gauge, Logger, Meter } from '@holdfast/kernel';
import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { CompiledChannel, CompiledRule } from '@holdfast/resources/compiled-alert';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import { AlertBook, type Happening } from './alert-book.ts';
import { alertMessage } from './alert-message.ts';
import { deliveryId } from './delivery-id.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { Senders } from './sender.ts';
import type { WatchedCheck } from './watched-check.ts';

export type { AlertMessage } from './alert-message.ts';
export type { ChannelSecrets, Send, Senders, SendOutcome } from './sender.ts';
export { createSmtpSender } from './smtp-channel.ts';
export type { WatchedCheck } from './watched-check.ts';
export { createWebhookSender } from './webhook-channel.ts';

export interface AlertEngineOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  meter: Meter;
  journal: AlertJournal;
  send: Senders;
  /** Told of every record that is new or has changed, after it was written to the journal. */
  onAlert(record: AlertRecord): void;
  /** The page of a check, for links in messages; absent or undefined: no link. */
  consoleUrl?(check: CheckReference): string | undefined;
}

export interface AlertEngine {
  /** Puts rules, channels and the checks they watch in force, all anew. Call it before hydrate. */
  configure(
    rules: readonly CompiledRule[],
    channels: readonly CompiledChannel[],
    checks: readonly WatchedCheck[],
  ): Promise<void>;
  /**
   * Takes up open alerts and pending deliveries from the journal; call once, before the first
   * observe. `latestResults`: the newest of each check, in any order, more of each than the largest
   * `failures` and `recoveries`. Rejects when the journal cannot be read.
   */
  hydrate(latestResults: readonly ProbeResult[]): Promise<void>;
  /** Resolves when all that this result caused is in the journal (not yet sent); a journal that fails is logged. */
  observe(result: ProbeResult): Promise<void>;
  /** Stops sending; what is not delivered stays pending in the journal. */
  close(): Promise<void>;
}

export function createAlertEngine(options: AlertEngineOptions): AlertEngine {
  return new JournalledAlertEngine(options);
}

type Told = Extract<Happening, { type: 'fired' | 'recovered' }>;

class JournalledAlertEngine implements AlertEngine {
  readonly #options: AlertEngineOptions;
  readonly #book: AlertBook;
  readonly #queue: DeliveryQueue;
  readonly #firing: Gauge;
  /** Happenings are written one after the other, in the order they were decided. */
  #written: Promise<void> = Promise.resolve();
  #hydrated = false;

  constructor(options: AlertEngineOptions) {
    this.#options = options;
    this.#book = new AlertBook(options.clock, options.chance);
    this.#queue = new DeliveryQueue(options);
    this.#firing = options.meter.gauge('holdfast_alerts_firing', 'Alerts open now.');
    this.#firing.set(0);
  }

  async configure(
    rules: readonly CompiledRule[],
    channels: readonly CompiledChannel[],
    checks: readonly WatchedCheck[],
  ): Promise<void> {
    this.#queue.configure(channels);
    await this.#write(this.#book.configure(rules, checks));
  }

  async hydrate(latestResults: readonly ProbeResult[]): Promise<void> {
    const { journal } = this.#options;
    const [open, pending] = await Promise.all([journal.open(), journal.pending()]);
    for (const delivery of pending) await this.#queue.resume(delivery);
    await this.#write(this.#book.hydrate(open, latestResults));
    this.#firing.set(this.#book.firing().length);
    // A crash between the record and its deliveries leaves an alert that nobody heard of.
    for (const happening of this.#book.firing()) await this.#tell(happening);
    // Not before: a recovery observed now would overtake the firing told above.
    this.#hydrated = true;
  }

  async observe(result: ProbeResult): Promise<void> {
    // Judged without what was open before, an outage would be told a second time.
    assert(this.#hydrated, 'observe was called before hydrate had ended');
    await this.#write(this.#book.observe(result));
  }

  async close(): Promise<void> {
    await this.#written;
    await this.#queue.close();
    // Somebody else tells of them from now on.
    this.#firing.set(0);
  }

  async #write(happenings: readonly Happening[]): Promise<void> {
    if (happenings.length === 0) return;
    this.#firing.set(this.#book.firing().length);
    this.#written = this.#written.then(async () => {
      for (const happening of happenings) {
        await this.#guarded('Alert not recorded', () => this.#record(happening));
      }
    });
    await this.#written;
  }

  async #record(happening: Happening): Promise<void> {
    const { record } = happening;
    this.#log(happening);
    // A recovery is queued before its record is closed: a crash between the two repeats the
    // recovery under the same delivery id, while the other order would forget it.
    if (happening.type === 'recovered') await this.#tell(happening);
    await this.#guarded('Alert journal failed', () => this.#options.journal.save(record));
    await this.#guarded('Alert listener failed', async () => this.#options.onAlert(record));
    if (happening.type === 'fired') await this.#tell(happening);
  }

  /** Queues a message for each channel that has none of this event yet. */
  async #tell({ type: event, record, rule, check }: Told): Promise<void> {
    const { consoleUrl, journal } = this.#options;
    const known =
      (await this.#guarded('Alert journal failed', () => journal.deliveries(record.id))) ?? [];
    const message = alertMessage(record, check, consoleUrl?.(record.check));
    const payload = JSON.stringify(message);
    for (const channel of channelsFor(event, known, rule)) {
      const id = deliveryId(record.id, event, channel);
      if (known.some((delivery) => delivery.id === id)) continue;
      const createdAtMs = this.#options.clock.wallMs();
      const fresh = { id, alertId: record.id, channel, event, createdAtMs, payload };
      await this.#queue.push({ ...fresh, state: 'pending', attempts: 0 });
    }
  }

  /** What the caller handed in may fail; alerting goes on. */
  async #guarded<T>(problem: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#options.logger.error(problem, { error });
      return undefined;
    }
  }

  #log(happening: Happening): void {
    const { id, rule, check, failures, fault } = happening.record;
    const fields = { alert: id, rule, ...check, failures, code: fault?.code };
    const { logger } = this.#options;
    if (happening.type === 'closed') {
      logger.info('Alert closed without recovery', { ...fields, cause: happening.cause });
    } else if (happening.type === 'fired') logger.warn('Alert fired', fields);
    else logger.info('Alert recovered', fields);
  }
}

/** A recovery goes to those who heard of the outage, whatever the rule says by now. */
function channelsFor(
  event: AlertDelivery['event'],
  known: readonly AlertDelivery[],
  rule: CompiledRule,
): string[] {
  const told = known.filter((delivery) => delivery.event === 'fired').map(({ channel }) => channel);
  return event === 'fired' || told.length === 0 ? [...new Set(rule.channels)] : told;
}
