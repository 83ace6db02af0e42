// The results of the range, newest first, each with its phases in small; choosing one pins it.

import type { LocationState, ResultList } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import { memo, type ReactNode, useState } from 'react';
import type { Asked } from '../api/use-answer.ts';
import { setSearch, useLocation } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { FaultLine } from './fault-line.tsx';
import { Bytes, Clock, Latency } from './figure-text.tsx';
import { EmptyNote, FailureNote, Skeleton } from './notes.tsx';
import { parsePlace } from './places.ts';
import { isSame, resultName } from './result-name.ts';
import { markOfStatus, StateMark } from './state-mark.tsx';

/** Built at once; the others on demand. */
const PAGE_RESULTS = 30;

const STATUSES = ['down', 'timeout', 'invalid', 'up'] as const;

/** The one status that the list is filtered by, from the URL. */
export function parseStatusFilter(search: string): (typeof STATUSES)[number] | undefined {
  const named = new URLSearchParams(search).get('status');
  return STATUSES.find((status) => status === named);
}

export function ResultListing({
  listed,
  shown,
  places,
  limit,
}: {
  listed: Asked<ResultList>;
  shown: ProbeResult | undefined;
  /** Where the check is measured, when that is more than one place. */
  places: readonly LocationState[] | undefined;
  limit: number;
}): ReactNode {
  const words = useWords();
  const chosen = parseStatusFilter(useLocation().search);
  const results = listed.data?.results ?? [];
  const [more, setMore] = useState(0);
  const shownAt = results.findIndex((result) => isSame(result, shown));
  const built = Math.max(PAGE_RESULTS + more, shownAt + 1);
  const longestMs = results.reduce((longest, result) => Math.max(longest, result.totalMs), 0.001);
  return (
    <section className="results">
      <header className="section-head">
        <h2>{words.check.results}</h2>
        {results.length >= limit && (
          <span className="quiet">{words.check.resultsCount(limit)}</span>
        )}
        <span className="results-filter">
          {places !== undefined && <PlaceChoice places={places} />}
          <button
            type="button"
            className="chip"
            aria-pressed={chosen === undefined}
            onClick={() => setSearch({ status: undefined })}
          >
            {words.check.anyStatus}
          </button>
          {STATUSES.map((status) => (
            <button
              key={status}
              type="button"
              className="chip"
              aria-pressed={chosen === status}
              onClick={() => setSearch({ status })}
            >
              {words.statuses[status]}
            </button>
          ))}
        </span>
      </header>
      {listed.failure !== undefined && (
        <FailureNote failure={listed.failure} retry={listed.retry} busy={listed.busy} />
      )}
      {listed.data === undefined && listed.failure === undefined && <Skeleton lines={8} />}
      {listed.data !== undefined && results.length === 0 && (
        <EmptyNote title={words.check.noRuns} />
      )}
      <ol className="result-list">
        {results.slice(0, built).map((result) => (
          <ResultRow
            key={`${result.key.plannedAtMs} ${result.key.location} ${result.key.attempt}`}
            result={result}
            longestMs={longestMs}
            shown={isSame(result, shown)}
            several={places !== undefined}
          />
        ))}
      </ol>
      {results.length > built && (
        <button
          type="button"
          className="button results-more"
          onClick={() => setMore(more + 2 * PAGE_RESULTS)}
        >
          {words.alerts.showMore}
        </button>
      )}
    </section>
  );
}

function PlaceChoice({ places }: { places: readonly LocationState[] }): ReactNode {
  const words = useWords();
  return (
    <label className="select small">
      <span className="hidden">{words.places.filter}</span>
      <select
        value={parsePlace(useLocation().search, places) ?? ''}
        onChange={(event) => setSearch({ place: event.target.value, run: undefined })}
      >
        <option value="">{words.places.anyPlace}</option>
        {places.map(({ location }) => (
          <option key={location} value={location}>
            {location}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ResultRowProps {
  result: ProbeResult;
  longestMs: number;
  shown: boolean;
  several: boolean;
}

const ResultRow = memo(function ResultRow(props: ResultRowProps): ReactNode {
  const { result, longestMs, shown, several } = props;
  const words = useWords();
  const share = (ms: number): string => `${((100 * ms) / longestMs).toFixed(2)}%`;
  return (
    <li>
      <button
        type="button"
        className={several ? 'result-row with-place' : 'result-row'}
        data-stop
        aria-current={shown}
        onClick={() => setSearch({ run: resultName(result.key) }, true)}
      >
        <span className="result-time">
          <Clock atMs={result.key.plannedAtMs} seconds />
        </span>
        <span className="result-status">
          <StateMark mark={markOfStatus(result.status)} size={10} />
          {words.statuses[result.status]}
        </span>
        {several && <span className="result-place">{result.key.location}</span>}
        <span className="result-phases" aria-hidden="true">
          {result.phases.map((phase) => (
            <i
              key={`${phase.hop} ${phase.name}`}
              className={`phase-${phase.name}`}
              style={{ left: share(phase.startMs), width: `max(1px, ${share(phase.durationMs)})` }}
            />
          ))}
        </span>
        <span className="result-total number">
          <Latency ms={result.status === 'invalid' ? undefined : result.totalMs} />
        </span>
        <span className="result-what">
          {result.fault === undefined ? (
            <Said result={result} />
          ) : (
            <FaultLine fault={result.fault} />
          )}
        </span>
      </button>
    </li>
  );
});

function Said({ result }: { result: ProbeResult }): ReactNode {
  const { status_code: status, body_length: length } = result.detail;
  return (
    <span className="quiet">
      {typeof status === 'number' ? status : result.context.peerIp}
      {typeof length === 'number' && (
        <>
          {' · '}
          <Bytes bytes={length} />
        </>
      )}
    </span>
  );
}
