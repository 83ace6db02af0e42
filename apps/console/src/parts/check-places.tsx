// A check as each of its places sees it: the verdict above is theirs by quorum. A place that fell silent
// is not counted, and is shown so. Choosing a place narrows the results to it.

import type { LocationState } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { setSearch, useLocation } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { FaultLine } from './fault-line.tsx';
import { Clock, Latency, Span } from './figure-text.tsx';
import { parsePlace } from './places.ts';
import { StateMark } from './state-mark.tsx';

export function CheckPlaces({ places }: { places: readonly LocationState[] }): ReactNode {
  const words = useWords();
  const chosen = parsePlace(useLocation().search, places);
  return (
    <section className="places" aria-label={words.places.title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.places.place}</th>
            <th scope="col">{words.places.state}</th>
            <th scope="col" className="number">
              {words.places.last}
            </th>
            <th scope="col">{words.places.lastRun}</th>
            <th scope="col">{words.places.what}</th>
          </tr>
        </thead>
        <tbody>
          {places.map((place) => (
            <Place key={place.location} place={place} chosen={place.location === chosen} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Place({ place, chosen }: { place: LocationState; chosen: boolean }): ReactNode {
  const words = useWords();
  const { location, state, stale, sinceMs, lastStatus, lastTotalMs, lastPlannedAtMs } = place;
  return (
    <tr data-stale={stale} data-state={state}>
      <th scope="row">
        <button
          type="button"
          className="place-name"
          data-stop
          aria-pressed={chosen}
          title={words.places.filter}
          onClick={() => setSearch({ place: chosen ? undefined : location, run: undefined })}
        >
          {location}
        </button>
      </th>
      <td className="place-state">
        <StateMark mark={stale ? 'unknown' : state} size={10} />
        {words.states[state]}
        {sinceMs !== undefined && (
          <span className="quiet">
            {' '}
            <Span sinceMs={sinceMs} />
          </span>
        )}
        {stale && <span className="place-stale"> {words.places.stale}</span>}
      </td>
      <td className="number">
        <Latency ms={lastStatus === 'invalid' ? undefined : lastTotalMs} />
      </td>
      <td>
        {lastPlannedAtMs === undefined ? (
          <span className="absent">–</span>
        ) : (
          <Clock atMs={lastPlannedAtMs} seconds />
        )}
      </td>
      <td className="place-what">
        {place.lastFault === undefined ? (
          lastStatus !== undefined && <span className="quiet">{words.statuses[lastStatus]}</span>
        ) : (
          <FaultLine fault={place.lastFault} />
        )}
      </td>
    </tr>
  );
}
