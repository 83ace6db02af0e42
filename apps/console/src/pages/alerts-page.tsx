// Every alert with what became of its messages: who was told, when, and how that ended.

import type { AlertDelivery } from '@holdfast/resources/alert-record';
import type { AlertList } from '@holdfast/resources/api';
import { type ReactNode, useEffect, useState } from 'react';
import { useAnswer } from '../api/use-answer.ts';
import { useLive } from '../app/live-store.ts';
import { Link, setSearch, useLocation } from '../app/location.tsx';
import { checkPath } from '../app/route.ts';
import { CheckName } from '../parts/attention-list.tsx';
import { FaultLine } from '../parts/fault-line.tsx';
import { Clock, Span } from '../parts/figure-text.tsx';
import { spanText } from '../parts/moments.ts';
import { EmptyNote, FailureNote, Skeleton } from '../parts/notes.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useWords } from '../words/use-words.ts';

type Alert = AlertList['alerts'][number];

/** Alerts built at once; more on demand. */
const PAGE_ALERTS = 50;

const FILTERS = ['all', 'firing', 'recovered'] as const;

export function AlertsPage(): ReactNode {
  const words = useWords();
  const version = useLive((state) => state.alertVersion);
  const asked = useAnswer<AlertList>('/api/v1/alerts', 'alerts', version);
  const search = new URLSearchParams(useLocation().search);
  const chosen = FILTERS.find((filter) => filter === search.get('state')) ?? 'all';
  const namespace = search.get('ns') ?? '';
  const [limit, setLimit] = useState(PAGE_ALERTS);
  if (asked.data === undefined)
    return asked.failure === undefined ? (
      <Skeleton lines={10} />
    ) : (
      <FailureNote failure={asked.failure} retry={asked.retry} busy={asked.busy} />
    );
  const every = asked.data.alerts;
  const firing = every.filter((alert) => alert.state === 'firing').length;
  const found = every.filter(
    (alert) =>
      (chosen === 'all' || alert.state === chosen) &&
      (namespace === '' || alert.check.namespace === namespace),
  );
  return (
    <div className="alerts">
      <h1 className="verdict">
        <StateMark mark={firing > 0 ? 'down' : 'up'} size={18} />
        <span>{firing > 0 ? words.alerts.verdictFiring(firing) : words.alerts.verdictQuiet}</span>
      </h1>
      <div className="filter">
        {FILTERS.map((filter) => (
          <button
            key={filter}
            type="button"
            className="chip"
            aria-pressed={chosen === filter}
            onClick={() => setSearch({ state: filter === 'all' ? undefined : filter })}
          >
            {words.alerts[filter]}
          </button>
        ))}
      </div>
      {found.length === 0 && (
        <EmptyNote title={every.length === 0 ? words.alerts.none : words.alerts.nothing} />
      )}
      <Alerts alerts={found.slice(0, limit)} />
      {found.length > limit && (
        <button type="button" className="button" onClick={() => setLimit(limit + PAGE_ALERTS)}>
          {words.alerts.showMore}
        </button>
      )}
    </div>
  );
}

function Alerts({ alerts }: { alerts: readonly Alert[] }): ReactNode {
  useEffect(() => {
    const named = decodeURIComponent(window.location.hash.slice(1));
    if (named !== '') document.getElementById(named)?.scrollIntoView({ block: 'center' });
  }, []);
  return (
    <ol className="alert-list">
      {alerts.map((alert) => (
        <AlertItem key={alert.id} alert={alert} />
      ))}
    </ol>
  );
}

function AlertItem({ alert }: { alert: Alert }): ReactNode {
  const words = useWords();
  const { namespace, check } = alert.check;
  return (
    <li className="alert" id={alert.id} data-state={alert.state}>
      <div className="alert-head">
        <StateMark
          mark={alert.state === 'firing' ? 'down' : 'up'}
          label={words.alerts[alert.state]}
        />
        <Link className="alert-check" data-stop to={checkPath(namespace, check)}>
          <CheckName check={{ namespace, name: check }} />
        </Link>
        <span className="alert-lasted">
          {alert.recoveredAtMs === undefined ? (
            <Span sinceMs={alert.sinceMs} wrap={words.alerts.stillOn} />
          ) : (
            words.alerts.recoveredAfter(spanText(alert.recoveredAtMs - alert.sinceMs, words.span))
          )}
        </span>
      </div>
      {alert.fault !== undefined && (
        <p className="alert-why">
          <FaultLine fault={alert.fault} withCode />
        </p>
      )}
      <dl className="alert-facts">
        <div>
          <dt>{words.alerts.began}</dt>
          <dd>
            <Clock atMs={alert.sinceMs} seconds />
          </dd>
        </div>
        <div>
          <dt>{words.alerts.fired}</dt>
          <dd>
            <Clock atMs={alert.firedAtMs} seconds />{' '}
            <span className="quiet">{words.alerts.failures(alert.failures)}</span>
          </dd>
        </div>
        {alert.recoveredAtMs !== undefined && (
          <div>
            <dt>{words.alerts.recovered}</dt>
            <dd>
              <Clock atMs={alert.recoveredAtMs} seconds />
            </dd>
          </div>
        )}
        {alert.locations !== undefined && (
          <div>
            <dt>{words.places.alerted}</dt>
            <dd>{alert.locations.join(', ')}</dd>
          </div>
        )}
        <div>
          <dt>{words.alerts.rule}</dt>
          <dd>{alert.rule}</dd>
        </div>
      </dl>
      <Deliveries deliveries={alert.deliveries} />
    </li>
  );
}

const DELIVERY_MARKS = { delivered: 'up', pending: 'unknown', failed: 'down' } as const;

function Deliveries({ deliveries }: { deliveries: readonly AlertDelivery[] }): ReactNode {
  const words = useWords();
  if (deliveries.length === 0)
    return <p className="alert-deliveries quiet">{words.delivery.none}</p>;
  return (
    <ul className="alert-deliveries" aria-label={words.alerts.deliveries}>
      {deliveries.map((delivery) => (
        <li key={delivery.id} className={`delivery-${delivery.state}`}>
          <StateMark mark={DELIVERY_MARKS[delivery.state]} size={10} />
          <span className="delivery-event">{words.delivery.events[delivery.event]}</span>
          <span className="delivery-channel">{delivery.channel}</span>
          <span className="delivery-state">{words.delivery.states[delivery.state]}</span>
          <span className="quiet delivery-tries">{words.delivery.attempts(delivery.attempts)}</span>
          <span className="delivery-outcome" title={delivery.outcome}>
            {delivery.outcome}
          </span>
          <span className="quiet delivery-time">
            <Clock atMs={delivery.lastAttemptAtMs ?? delivery.createdAtMs} seconds />
          </span>
        </li>
      ))}
    </ul>
  );
}
