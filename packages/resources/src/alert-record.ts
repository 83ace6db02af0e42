// The records of alerting (types only): one alert is one outage of one check under one rule, from
// its firing to its recovery; one delivery is one message of it to one channel.

import type { Fault } from '@holdfast/kernel';
import type { CheckReference } from './result.ts';

export interface AlertRecord {
  id: string;
  rule: string;
  check: CheckReference;
  state: 'firing' | 'recovered';
  /** plannedAt of the first bad run of the streak. */
  sinceMs: number;
  firedAtMs: number;
  recoveredAtMs?: number;
  /** Bad runs in a row when it fired. */
  failures: number;
  fault?: Fault;
  /** Where it was bad when it fired, of a check that is measured at several places. */
  locations?: string[];
}

export interface AlertDelivery {
  /** Stable over retries and restarts; sent along so that receivers can drop repeats. */
  id: string;
  alertId: string;
  channel: string;
  event: 'fired' | 'recovered';
  state: 'pending' | 'delivered' | 'failed';
  attempts: number;
  createdAtMs: number;
  lastAttemptAtMs?: number;
  /** Status line or error of the last attempt, secrets removed. */
  outcome?: string;
  /** What is sent: JSON text of an AlertMessage. */
  payload: string;
}
