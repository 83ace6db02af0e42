// The way of a name from the root to its answer: which server was asked at each zone, over what, how
// long it took and where it led; and whether the signatures held all the way.

import type { ProbeResult } from '@holdfast/resources/result';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { dnssecOf, type ResolutionStep, resolutionSteps } from './detail-shape.ts';
import { Latency } from './figure-text.tsx';
import { StateMark } from './state-mark.tsx';

export function ResolutionPath({ detail }: { detail: ProbeResult['detail'] }): ReactNode {
  const words = useWords();
  const steps = resolutionSteps(detail);
  const dnssec = dnssecOf(detail);
  if (steps.length === 0 && dnssec === undefined) return null;
  return (
    <section className="evidence" aria-label={words.evidence.resolution}>
      <h3>
        {words.evidence.resolution}
        {dnssec !== undefined && <Dnssec {...dnssec} />}
      </h3>
      {dnssec?.reason !== undefined && <p className="quiet">{dnssec.reason}</p>}
      <ol className="step-list">
        {steps.map((step, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a server may be asked twice; the way keeps its order.
          <Step key={place} step={step} place={place + 1} />
        ))}
      </ol>
    </section>
  );
}

function Dnssec({ state }: { state: string }): ReactNode {
  const mark = state === 'secure' ? 'up' : state === 'bogus' ? 'down' : 'unknown';
  return (
    <span className={mark === 'down' ? 'bad' : undefined}>
      <StateMark mark={mark} size={9} /> DNSSEC {state}
    </span>
  );
}

function Step({ step, place }: { step: ResolutionStep; place: number }): ReactNode {
  const words = useWords();
  const asked = [step.address, step.transport].filter((part) => part !== undefined).join(' · ');
  return (
    <li>
      <span className="step-place">{place}</span>
      <span className="step-what">
        <b>{step.zone}</b> {step.server} <span className="quiet">{asked}</span>
        <br />
        {step.failure !== undefined && <span className="bad">{step.failure}</span>}
        {step.rcode !== undefined && step.rcode !== 'NOERROR' && (
          <b className="bad">{step.rcode} </b>
        )}
        <span className="quiet">
          {step.came}
          {step.secure === true && ` · ${words.evidence.signed}`}
          {step.secure === false && ` · ${words.evidence.unsigned}`}
        </span>
      </span>
      <Latency ms={step.timeMs} />
    </li>
  );
}
