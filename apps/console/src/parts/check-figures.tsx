// The standing figures of a check in one line.

import type { CheckDetail } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { Link } from '../app/location.tsx';
import { serverNowMs } from '../app/now.ts';
import { CHECKS_PATH } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import { CERTIFICATE_DAYS_MIN } from './attention.ts';
import { Count, Latency, Share } from './figure-text.tsx';
import { daysLeft, exactText, intervalText } from './moments.ts';

export function CheckFigures({ check }: { check: CheckDetail }): ReactNode {
  const words = useWords();
  const labels = Object.entries(check.labels);
  return (
    <dl className="figures">
      <Item term={words.check.availability}>
        <Share share={check.availability24h} />
      </Item>
      <Item term="p50">
        <Latency ms={check.p50Ms} />
      </Item>
      <Item term="p95">
        <Latency ms={check.p95Ms} />
      </Item>
      <Item term={words.check.interval}>{intervalText(check.intervalMs, words.span)}</Item>
      <Item term={words.check.timeout}>{intervalText(check.timeoutMs, words.span)}</Item>
      <Item term={words.check.missed} warn={check.missedRuns > 0}>
        <Count count={check.missedRuns} />
      </Item>
      {check.certificateExpiresAtMs !== undefined && (
        <Certificate expiresAtMs={check.certificateExpiresAtMs} />
      )}
      {check.source !== undefined && (
        <Item term={words.check.source}>
          <code title={check.source}>{check.source.split('/').at(-1)}</code>
        </Item>
      )}
      {labels.length > 0 && (
        <Item term={words.checks.columns.labels}>
          {labels.map(([key, value]) => (
            <Link
              key={key}
              className="label"
              to={`${CHECKS_PATH}?label=${encodeURIComponent(`${key}=${value}`)}`}
            >
              {key}={value}
            </Link>
          ))}
        </Item>
      )}
    </dl>
  );
}

function Certificate({ expiresAtMs }: { expiresAtMs: number }): ReactNode {
  const words = useWords();
  const days = daysLeft(expiresAtMs, serverNowMs());
  return (
    <Item term={words.check.certificate} warn={days < CERTIFICATE_DAYS_MIN}>
      <span title={exactText(expiresAtMs, words.locale)}>{words.result.daysLeft(days)}</span>
    </Item>
  );
}

function Item({
  term,
  warn = false,
  children,
}: {
  term: string;
  warn?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <div className={warn ? 'warn' : undefined}>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
