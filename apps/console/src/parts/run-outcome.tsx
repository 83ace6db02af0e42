// How a run that was asked for fares at each of its places; what is there already links to its result.

import type { RunState, ToldResult } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { Link } from '../app/location.tsx';
import { checkPath } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import { Latency } from './figure-text.tsx';
import { resultName } from './result-name.ts';
import { markOfStatus, StateMark } from './state-mark.tsx';

/** More places than a line holds. */
const PLACES_MAX = 12;

export function RunOutcome({ run }: { run: RunState }): ReactNode {
  const words = useWords();
  const waiting = run.locations.filter(
    (location) => !run.results.some(({ key }) => key.location === location),
  );
  const shown = run.results.slice(0, PLACES_MAX);
  const waitingShown = waiting.slice(0, PLACES_MAX - shown.length);
  const rest = run.results.length + waiting.length - shown.length - waitingShown.length;
  return (
    <span className="run-outcome" role="status">
      {shown.map((result) => (
        <Outcome key={result.key.location} result={result} />
      ))}
      {waitingShown.map((location) => (
        <span key={location} className="run-place quiet">
          <StateMark mark="unknown" size={10} />
          {location} {run.state === 'expired' ? words.asked.untaken : words.asked.waits}
        </span>
      ))}
      {rest > 0 && <span className="quiet">{words.fleet.more(rest)}</span>}
      {run.locations.length === 0 && <span className="warn">{words.asked.nobody}</span>}
      {run.state === 'expired' && <span className="warn">{words.asked.expiredHint}</span>}
    </span>
  );
}

function Outcome({ result }: { result: ToldResult }): ReactNode {
  const words = useWords();
  const { key, status } = result;
  const to = `${checkPath(key.namespace, key.check)}?run=${encodeURIComponent(resultName(key))}`;
  return (
    <Link
      className="run-place"
      data-stop
      to={to}
      title={
        result.fault === undefined ? undefined : `${result.fault.code}: ${result.fault.message}`
      }
    >
      <StateMark mark={markOfStatus(status)} size={10} label={words.statuses[status]} />
      {key.location}
      {status === 'up' ? (
        <Latency ms={result.totalMs} />
      ) : (
        <span className="quiet">{result.fault?.code ?? words.statuses[status]}</span>
      )}
    </Link>
  );
}
