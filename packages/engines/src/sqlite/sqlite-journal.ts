// The AlertJournal contract on the same workers. A record is on disk when its promise resolves.

import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { AlertJournal } from '../alert-journal/alert-journal.ts';
import { assertRecent } from '../results/questions.ts';
import type { WorkerLink } from './worker-link.ts';

export class SqliteJournal implements AlertJournal {
  readonly #writer: WorkerLink;
  readonly #reader: WorkerLink;

  constructor(writer: WorkerLink, reader: WorkerLink) {
    this.#writer = writer;
    this.#reader = reader;
  }

  open(): Promise<AlertRecord[]> {
    return this.#reader.call('openAlerts', undefined);
  }

  async recent(limit: number): Promise<AlertRecord[]> {
    assertRecent(limit);
    return this.#reader.call('recentAlerts', limit);
  }

  save(record: AlertRecord): Promise<void> {
    return this.#writer.call('saveAlert', record);
  }

  pending(): Promise<AlertDelivery[]> {
    return this.#reader.call('pendingDeliveries', undefined);
  }

  saveDelivery(delivery: AlertDelivery): Promise<void> {
    return this.#writer.call('saveDelivery', delivery);
  }

  deliveries(alertId: string): Promise<AlertDelivery[]> {
    return this.#reader.call('deliveries', alertId);
  }
}
