// One line for each check that is not well: which, since when, why, and what was done about it.
// Bounded; the rest is one click away, so that one bad night does not push everything else off.

import type { AlertList, CheckSummary } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { Link } from '../app/location.tsx';
import { serverNowMs } from '../app/now.ts';
import { CHECKS_PATH, checkPath } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import { type Attention, deliveryOutcome } from './attention.ts';
import { FaultLine } from './fault-line.tsx';
import { Clock, Span } from './figure-text.tsx';
import { Icon } from './icon.tsx';
import { daysLeft } from './moments.ts';
import { PlaceMarks } from './place-marks.tsx';
import { badPlaces } from './places.ts';
import { type Mark, StateMark } from './state-mark.tsx';

const ITEMS_MAX = 6;

const MARKS: Record<Attention['reason'], Mark> = {
  down: 'down',
  degraded: 'degraded',
  certificate: 'degraded',
  invalid: 'unknown',
};

export function AttentionList({
  items,
  told,
}: {
  items: readonly Attention[];
  told: AlertList['alerts'];
}): ReactNode {
  const words = useWords();
  if (items.length === 0) return null;
  const rest = items.length - ITEMS_MAX;
  return (
    <ol className="attention" aria-label={words.attention.title}>
      {items.slice(0, ITEMS_MAX).map((item) => (
        <li key={`${item.check.namespace}/${item.check.name}`}>
          <Link
            className={`attention-item attention-${item.reason}`}
            data-stop
            to={checkPath(item.check.namespace, item.check.name)}
          >
            <span className="attention-name">
              <StateMark mark={MARKS[item.reason]} label={words.states[item.check.state]} />
              <CheckName check={item.check} />
              {item.check.locations !== undefined && <PlaceMarks places={item.check.locations} />}
            </span>
            <Since item={item} />
            <Why item={item} />
            <Done item={item} told={told} />
          </Link>
        </li>
      ))}
      {rest > 0 && (
        <li>
          <Link className="attention-more" data-stop to={`${CHECKS_PATH}?state=down%2Cdegraded`}>
            {words.attention.more(rest)}
          </Link>
        </li>
      )}
    </ol>
  );
}

export function CheckName({
  check,
}: {
  check: Pick<CheckSummary, 'namespace' | 'name'>;
}): ReactNode {
  return (
    <span className="check-name" title={`${check.namespace}/${check.name}`}>
      <span className="check-namespace">{check.namespace}/</span>
      {check.name}
    </span>
  );
}

/** A bell and a time: when the alert fired. */
export function AlertedAt({
  atMs,
  seconds = false,
}: {
  atMs: number;
  seconds?: boolean;
}): ReactNode {
  const words = useWords();
  return (
    <span className="alerted">
      <Icon name="alerts" size={14} />
      <span className="hidden">{words.attention.alerted}</span>
      <Clock atMs={atMs} seconds={seconds} />
    </span>
  );
}

function Since({ item: { check, reason } }: { item: Attention }): ReactNode {
  const words = useWords();
  if (check.sinceMs === undefined || reason === 'certificate')
    return <span className="attention-since" />;
  return (
    <span className="attention-since">
      <Span sinceMs={check.sinceMs} />{' '}
      <span className="quiet">
        <Clock atMs={check.sinceMs} wrap={words.since} />
      </span>
    </span>
  );
}

function Why({ item: { check, reason } }: { item: Attention }): ReactNode {
  const words = useWords();
  if (reason === 'certificate') {
    const days = daysLeft(check.certificateExpiresAtMs ?? 0, serverNowMs());
    return <span className="attention-why">{words.attention.certificate(days)}</span>;
  }
  if (check.lastFault !== undefined) {
    return (
      <span className="attention-why">
        <FaultLine fault={check.lastFault} />
      </span>
    );
  }
  const bad = badPlaces(check.locations);
  return (
    <span className="attention-why">
      {bad.length > 0
        ? words.places.summary(bad, check.locations?.length ?? 0)
        : words.attention.recovering}
    </span>
  );
}

function Done({ item, told }: { item: Attention; told: AlertList['alerts'] }): ReactNode {
  const words = useWords();
  if (item.reason !== 'down') return <span className="attention-done" />;
  if (item.alert === undefined)
    return <span className="attention-done quiet">{words.attention.noAlert}</span>;
  const deliveries = told.find((alert) => alert.id === item.alert?.id)?.deliveries ?? [];
  const outcome = deliveryOutcome(deliveries.filter((delivery) => delivery.event === 'fired'));
  return (
    <span className="attention-done">
      <AlertedAt atMs={item.alert.firedAtMs} />
      {outcome !== undefined && (
        <span className={`delivery-${outcome.state}`} title={outcome.outcome}>
          {' '}
          {outcome.state === 'failed'
            ? words.delivery.failed(outcome.channel, outcome.attempts)
            : words.delivery[outcome.state](outcome.channel)}
        </span>
      )}
    </span>
  );
}
