// The contract of the alert journal: what fired, what was told to whom, and with what outcome. It
// outlives the process, so that a restart neither repeats an alert nor forgets a recovery.

import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';

export interface AlertJournal {
  /** Every alert still open. */
  open(): Promise<AlertRecord[]>;
  /** Newest first, at most `limit` (1 … 1,000). */
  recent(limit: number): Promise<AlertRecord[]>;
  /** Inserts or replaces by id. */
  save(record: AlertRecord): Promise<void>;
  /** Deliveries not yet done (`pending`), oldest first: they are taken up again after a restart. */
  pending(): Promise<AlertDelivery[]>;
  /** Inserts or replaces by id. */
  saveDelivery(delivery: AlertDelivery): Promise<void>;
  deliveries(alertId: string): Promise<AlertDelivery[]>;
}
