// The newest alerts, as a short list beside the verdict.

import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { ReactNode } from 'react';
import { Link } from '../app/location.tsx';
import { ALERTS_PATH } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import { Clock } from './figure-text.tsx';
import { spanText } from './moments.ts';
import { StateMark } from './state-mark.tsx';

export function RecentAlerts({
  alerts,
  count,
}: {
  alerts: readonly AlertRecord[];
  count: number;
}): ReactNode {
  const words = useWords();
  return (
    <aside className="recent" aria-label={words.overview.recentAlerts}>
      <h2>
        <Link to={ALERTS_PATH}>{words.overview.recentAlerts}</Link>
      </h2>
      {alerts.length === 0 && <p className="quiet">{words.overview.noAlerts}</p>}
      <ul>
        {alerts.slice(0, count).map((alert) => (
          <li key={alert.id}>
            <Link
              className="recent-item"
              data-stop
              to={`${ALERTS_PATH}#${encodeURIComponent(alert.id)}`}
              title={`${alert.rule} · ${alert.check.namespace}/${alert.check.check}`}
            >
              <StateMark
                mark={alert.state === 'firing' ? 'down' : 'up'}
                label={words.alerts[alert.state]}
                size={10}
              />
              <span className="recent-name">{alert.check.check}</span>
              <span className="recent-lasted">
                {alert.recoveredAtMs === undefined
                  ? words.alerts.firing
                  : spanText(alert.recoveredAtMs - alert.sinceMs, words.span)}
              </span>
              <Clock atMs={alert.firedAtMs} />
            </Link>
          </li>
        ))}
      </ul>
    </aside>
  );
}
