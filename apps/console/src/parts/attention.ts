// What a person must know first: the checks that are not well, worst and newest first, and what was
// done about each. Pure; joins checks, alerts and deliveries. A certificate about to expire counts.

import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import type { CheckSummary } from '@holdfast/resources/api';
import { daysLeft } from './moments.ts';

/** Two weeks leave time to renew by hand. */
export const CERTIFICATE_DAYS_MIN = 14;

export interface Attention {
  check: CheckSummary;
  reason: 'down' | 'degraded' | 'certificate' | 'invalid';
  /** The firing alert, or the newest one that covers the present trouble. */
  alert?: AlertRecord;
}

export function attentionOf(
  checks: readonly CheckSummary[],
  alerts: readonly AlertRecord[],
  nowMs: number,
): Attention[] {
  const firing = new Map<string, AlertRecord>();
  for (const alert of alerts) {
    const key = `${alert.check.namespace}/${alert.check.check}`;
    if (alert.state === 'firing' && !firing.has(key)) firing.set(key, alert);
  }
  const found: Attention[] = [];
  for (const check of checks) {
    const reason = reasonOf(check, nowMs);
    if (reason === undefined) continue;
    const alert = firing.get(`${check.namespace}/${check.name}`);
    found.push({ check, reason, ...(alert === undefined ? {} : { alert }) });
  }
  return found.sort(
    (a, b) => RANK[a.reason] - RANK[b.reason] || (b.check.sinceMs ?? 0) - (a.check.sinceMs ?? 0),
  );
}

/** What became of an alert's messages, as one fact: failed beats pending beats delivered. */
export function deliveryOutcome(deliveries: readonly AlertDelivery[]): AlertDelivery | undefined {
  const order = { failed: 0, pending: 1, delivered: 2 };
  return [...deliveries].sort(
    (a, b) => order[a.state] - order[b.state] || b.createdAtMs - a.createdAtMs,
  )[0];
}

/** When anything last changed state; absent when nothing ever did. */
export function lastChangeMs(checks: readonly CheckSummary[]): number | undefined {
  let newest: number | undefined;
  for (const check of checks) {
    if (check.sinceMs !== undefined && (newest === undefined || check.sinceMs > newest))
      newest = check.sinceMs;
  }
  return newest;
}

const RANK: Record<Attention['reason'], number> = {
  down: 0,
  degraded: 1,
  certificate: 2,
  invalid: 3,
};

function reasonOf(check: CheckSummary, nowMs: number): Attention['reason'] | undefined {
  if (check.paused) return undefined;
  if (check.state === 'down') return 'down';
  if (check.state === 'degraded') return 'degraded';
  const expiresAtMs = check.certificateExpiresAtMs;
  if (expiresAtMs !== undefined && daysLeft(expiresAtMs, nowMs) < CERTIFICATE_DAYS_MIN)
    return 'certificate';
  if (check.lastStatus === 'invalid') return 'invalid';
  return undefined;
}
