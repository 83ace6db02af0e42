// The places that a check is measured at, as questions about them. Pure.

import type { LocationState } from '@holdfast/resources/api';

/** Where it is down now; what a silent place said last does not count. */
export function badPlaces(places: readonly LocationState[] | undefined): string[] {
  const bad = (places ?? []).filter(({ state, stale }) => state === 'down' && !stale);
  return bad.map(({ location }) => location);
}

/** The place that results are narrowed to, from the URL; nothing when the check has no such place. */
export function parsePlace(
  search: string,
  places: readonly LocationState[] | undefined,
): string | undefined {
  const named = new URLSearchParams(search).get('place');
  return places?.find(({ location }) => location === named)?.location;
}
