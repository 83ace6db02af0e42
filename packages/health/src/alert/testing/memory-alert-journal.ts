// The embedded twin of the alert journal: keeps the contract in memory, for tests and simulations.
// Everything is copied on its way in and out, as a real store would, so that a caller cannot change
// what was kept. It outlives an engine as a file outlives a process.

import type { AlertJournal } from '@holdfast/engines/alert-journal';
import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';

export class MemoryAlertJournal implements AlertJournal {
  readonly #records = new Map<string, AlertRecord>();
  readonly #deliveries = new Map<string, AlertDelivery>();

  async open(): Promise<AlertRecord[]> {
    return copies(this.#records).filter((record) => record.state === 'firing');
  }

  async recent(limit: number): Promise<AlertRecord[]> {
    return copies(this.#records)
      .toSorted((a, b) => b.firedAtMs - a.firedAtMs)
      .slice(0, limit);
  }

  async save(record: AlertRecord): Promise<void> {
    this.#records.set(record.id, structuredClone(record));
  }

  async pending(): Promise<AlertDelivery[]> {
    return copies(this.#deliveries)
      .filter((delivery) => delivery.state === 'pending')
      .toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  }

  async saveDelivery(delivery: AlertDelivery): Promise<void> {
    this.#deliveries.set(delivery.id, structuredClone(delivery));
  }

  async deliveries(alertId: string): Promise<AlertDelivery[]> {
    return copies(this.#deliveries).filter((delivery) => delivery.alertId === alertId);
  }
}

function copies<T>(entries: ReadonlyMap<string, T>): T[] {
  return [...entries.values()].map((entry) => structuredClone(entry));
}
