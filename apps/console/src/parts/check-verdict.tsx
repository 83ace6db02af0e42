// The first lines of a check: state and since when; why and what to try; what was done about it.

import type { AlertList, CheckSummary, RunState } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { serverNowMs } from '../app/now.ts';
import type { Words } from '../words/en.ts';
import { useWords } from '../words/use-words.ts';
import { CERTIFICATE_DAYS_MIN, deliveryOutcome } from './attention.ts';
import { AlertedAt } from './attention-list.tsx';
import { FaultLine } from './fault-line.tsx';
import { Clock, Span } from './figure-text.tsx';
import { daysLeft } from './moments.ts';
import { badPlaces } from './places.ts';
import { Prose } from './prose.tsx';
import { RunNow } from './run-now.tsx';
import { RunOutcome } from './run-outcome.tsx';
import { markOf, StateMark } from './state-mark.tsx';
import { useAskedRun } from './use-asked-run.ts';

export function CheckVerdict({
  check,
  alerts,
}: {
  check: CheckSummary;
  alerts: AlertList['alerts'];
}): ReactNode {
  const words = useWords();
  const mark = markOf(check);
  const asked = useAskedRun(check.namespace, check.name);
  const firing = alerts.find((alert) => alert.state === 'firing');
  return (
    <header className="check-head">
      <div className="check-title">
        <h1 title={`${check.namespace}/${check.name}`}>{check.name}</h1>
        <span className="check-target" title={check.target}>
          {check.target}
        </span>
      </div>
      <RunNow asked={asked} />
      <p className={`verdict verdict-${mark}`}>
        <StateMark mark={mark} size={16} />
        <span>
          <VerdictText check={check} words={words} />
          {check.sinceMs !== undefined && !check.paused && (
            <span className="verdict-aside">
              <Clock atMs={check.sinceMs} seconds wrap={words.since} />
            </span>
          )}
        </span>
      </p>
      <dl className="reasons">
        {check.lastFault !== undefined && !check.paused && (
          <>
            <Reason term={words.check.why}>
              <FaultLine fault={check.lastFault} withCode />
            </Reason>
            {check.lastFault.cure !== undefined && (
              <Reason term={words.check.cure}>
                <Prose text={check.lastFault.cure} />
              </Reason>
            )}
          </>
        )}
        <CertificateReason check={check} />
        {asked.run !== undefined && tellsMore(asked.run) && (
          <Reason term={words.asked.title}>
            <RunOutcome run={asked.run} />
          </Reason>
        )}
        {firing !== undefined && (
          <Reason term={words.check.done}>
            <Done alert={firing} />
          </Reason>
        )}
      </dl>
    </header>
  );
}

/** Than the result that the page shows anyhow, which is the only one of a check with one place. */
function tellsMore({ state, locations }: RunState): boolean {
  return locations.length !== 1 || state === 'expired';
}

function VerdictText({ check, words }: { check: CheckSummary; words: Words }): ReactNode {
  if (check.paused) return words.check.pausedVerdict;
  if (check.state === 'unknown' || check.sinceMs === undefined)
    return check.lastStatus === 'invalid' ? words.check.invalid : words.check.unknown;
  const bad = badPlaces(check.locations);
  const wrap = {
    up: words.check.upFor,
    down: words.check.downFor,
    degraded:
      bad.length > 0 ? (span: string) => words.places.partly(bad, span) : words.check.degradedFor,
  }[check.state];
  return <Span sinceMs={check.sinceMs} wrap={wrap} />;
}

function Reason({ term, children }: { term: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function CertificateReason({ check }: { check: CheckSummary }): ReactNode {
  const words = useWords();
  if (check.certificateExpiresAtMs === undefined) return null;
  const days = daysLeft(check.certificateExpiresAtMs, serverNowMs());
  if (days >= CERTIFICATE_DAYS_MIN) return null;
  return (
    <Reason term={words.check.certificate}>
      <StateMark mark="degraded" size={10} /> {words.attention.certificate(days)}{' '}
      <span className="quiet">
        <Clock atMs={check.certificateExpiresAtMs} />
      </span>
    </Reason>
  );
}

function Done({ alert }: { alert: AlertList['alerts'][number] }): ReactNode {
  const words = useWords();
  const told = alert.deliveries.filter((delivery) => delivery.event === 'fired');
  const worst = deliveryOutcome(told);
  const ordered = [...told].sort((a, b) => Number(b === worst) - Number(a === worst));
  return (
    <>
      <AlertedAt atMs={alert.firedAtMs} seconds /> <span className="quiet">{alert.rule}</span>
      {ordered.map((delivery) => (
        <span key={delivery.id} className={`delivery-${delivery.state}`} title={delivery.outcome}>
          {' · '}
          {delivery.state === 'failed'
            ? words.delivery.failed(delivery.channel, delivery.attempts)
            : words.delivery[delivery.state](delivery.channel)}
        </span>
      ))}
      {told.length === 0 && <span className="quiet"> · {words.delivery.none}</span>}
    </>
  );
}
