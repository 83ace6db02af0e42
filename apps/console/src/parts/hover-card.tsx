// What a small cell stands for: name, state and since, why, the last run and the runs before it.
// It never takes the pointer, and stays within the window.

import type { CheckSummary } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { FaultLine } from './fault-line.tsx';
import { Latency, Share, Span } from './figure-text.tsx';
import { HistoryBars } from './history-bars.tsx';
import { badPlaces } from './places.ts';
import { markOf, StateMark } from './state-mark.tsx';

const WIDTH_PX = 300;
const HEIGHT_PX = 160;
const GAP_PX = 8;

export function HoverCard({ check, box }: { check: CheckSummary; box: DOMRect }): ReactNode {
  const words = useWords();
  const mark = markOf(check);
  const below = box.bottom + GAP_PX + HEIGHT_PX < window.innerHeight;
  const left = Math.max(GAP_PX, Math.min(box.left - 12, window.innerWidth - WIDTH_PX - GAP_PX));
  const place = below
    ? { left, top: box.bottom + GAP_PX }
    : { left, bottom: window.innerHeight - box.top + GAP_PX };
  return (
    <div className="hover-card" role="tooltip" style={place}>
      <p className="hover-card-name">
        <span className="check-namespace">{check.namespace}/</span>
        {check.name}
      </p>
      <p className="hover-card-state">
        <StateMark mark={mark} />
        {mark === 'paused' ? words.paused : words.states[mark]}
        {check.sinceMs !== undefined && (
          <span className="quiet">
            <Span sinceMs={check.sinceMs} wrap={words.forSpan} />
          </span>
        )}
      </p>
      {check.locations !== undefined && (
        <p className="quiet">
          {words.places.summary(badPlaces(check.locations), check.locations.length)}
        </p>
      )}
      {check.lastFault !== undefined && (
        <p className="hover-card-why">
          <FaultLine fault={check.lastFault} />
        </p>
      )}
      <HistoryBars recent={check.recent} pitchPx={4} heightPx={18} />
      <p className="hover-card-figures">
        <span>
          {words.checks.columns.last} <Latency ms={check.lastTotalMs} />
        </span>
        <span>
          p95 <Latency ms={check.p95Ms} />
        </span>
        <span>
          24 h <Share share={check.availability24h} />
        </span>
      </p>
    </div>
  );
}
