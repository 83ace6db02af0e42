// Alerts as the fixtures' outages would have raised them: after three bad runs, to a webhook and a
// mailbox. One delivery fails on purpose, for what needs a person must be seen.

import type { AlertDelivery, AlertRecord } from '@holdfast/resources/alert-record';
import { TROUBLES } from './fixture-faults.ts';
import { plannedTimes } from './fixture-runs.ts';
import type { FixtureCheck, Outage } from './fixture-world.ts';

export type AlertWithDeliveries = AlertRecord & { deliveries: AlertDelivery[] };

const FAILURES = 3;

export function alertsOf(checks: readonly FixtureCheck[], nowMs: number): AlertWithDeliveries[] {
  const alerts = checks.flatMap((check) =>
    check.outages.flatMap((outage) => alertOf(check, outage, nowMs) ?? []),
  );
  return alerts.sort((a, b) => b.firedAtMs - a.firedAtMs).slice(0, 100);
}

function alertOf(
  check: FixtureCheck,
  outage: Outage,
  nowMs: number,
): AlertWithDeliveries | undefined {
  const trouble = TROUBLES[outage.trouble];
  if (trouble.status === 'invalid' || check.paused) return undefined;
  const bad = plannedTimes(check, outage.fromMs, Math.min(outage.toMs, nowMs));
  const [sinceMs, firedAtMs] = [bad[0], bad[FAILURES - 1]];
  if (sinceMs === undefined || firedAtMs === undefined) return undefined;
  const recoveredAtMs = outage.toMs < nowMs ? outage.toMs + check.intervalMs : undefined;
  const id = `${check.namespace}-${check.name}-${sinceMs}`;
  return {
    id,
    rule: check.labels.tier === '1' ? 'page-at-once' : 'three-in-a-row',
    check: { namespace: check.namespace, check: check.name },
    state: recoveredAtMs === undefined ? 'firing' : 'recovered',
    sinceMs,
    firedAtMs,
    ...(recoveredAtMs === undefined ? {} : { recoveredAtMs }),
    failures: FAILURES,
    ...(check.places.length < 2 ? {} : { locations: [...(outage.places ?? check.places)] }),
    fault: trouble.fault,
    deliveries: [
      ...deliveriesOf(id, check, 'fired', firedAtMs + 400, nowMs),
      ...(recoveredAtMs === undefined
        ? []
        : deliveriesOf(id, check, 'recovered', recoveredAtMs + 300, nowMs)),
    ],
  };
}

function deliveriesOf(
  alertId: string,
  check: FixtureCheck,
  event: 'fired' | 'recovered',
  atMs: number,
  nowMs: number,
): AlertDelivery[] {
  const make = (channel: string, more: Partial<AlertDelivery>): AlertDelivery => ({
    id: `${alertId}-${channel}-${event}`,
    alertId,
    channel,
    event,
    state: 'delivered',
    attempts: 1,
    createdAtMs: atMs,
    lastAttemptAtMs: Math.min(nowMs, atMs + 180),
    payload: JSON.stringify({ event, check: `${check.namespace}/${check.name}` }),
    ...more,
  });
  const broken = check.name === 'card-gateway' && event === 'fired';
  return [
    make(
      'ops-webhook',
      broken
        ? {
            state: 'failed',
            attempts: 5,
            outcome: 'connect 10.20.9.2:443: connection refused',
            lastAttemptAtMs: Math.min(nowMs, atMs + 61_000),
          }
        : { outcome: '200 OK' },
    ),
    make('on-call-mail', { outcome: '250 2.0.0 queued as 4F1C2A' }),
  ];
}
