// The places of a check in small: a mark for each, names on hover and for a screen reader.

import type { LocationState } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { StateMark } from './state-mark.tsx';

/** More than these are told by their number. */
const MARKS_MAX = 5;

export function PlaceMarks({ places }: { places: readonly LocationState[] }): ReactNode {
  const words = useWords();
  const named = places
    .map(({ location, state, stale }) =>
      words.places.at(location, stale ? words.places.stale : words.states[state]),
    )
    .join(', ');
  const worst = [...places].sort((a, b) => RANK[markOf(a)] - RANK[markOf(b)]).slice(0, MARKS_MAX);
  return (
    <span className="place-marks" role="img" aria-label={named} title={named}>
      {worst.map((place) => (
        <StateMark key={place.location} mark={markOf(place)} size={8} />
      ))}
      {places.length > MARKS_MAX && <small>{places.length}</small>}
    </span>
  );
}

const RANK = { down: 0, degraded: 1, unknown: 2, up: 3 } as const;

/** What a silent place said last is no longer its state. */
function markOf({ state, stale }: LocationState): keyof typeof RANK {
  return stale ? 'unknown' : state;
}
