// What pages, alerts and charts ask a store of results, over the day that the bench filled.

import type { Results } from '@holdfast/engines/results';

export type Question =
  | 'latest'
  | 'recent'
  | 'raw day'
  | 'minutes'
  | 'overview by day'
  | 'overview by hour'
  | 'codes'
  | 'cells'
  | 'retain';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const START_MS = Date.UTC(2026, 0, 1);
/** One of those that have runs of a whole day. */
const DAY_CHECK = { namespace: 'default', check: 'day-7' };

/** The overview has a day of its own, counted from the first one. */
export const OVERVIEW_DAY = 7;
const RANGE = { fromMs: START_MS, toMs: START_MS + DAY_MS };
const OVERVIEW = {
  fromMs: START_MS + OVERVIEW_DAY * DAY_MS,
  toMs: START_MS + (OVERVIEW_DAY + 1) * DAY_MS,
};
const ROWS_MAX = 10_000;
/** As on the page of a check. */
const RECENT = 60;
const BOUNDS_MS = Array.from({ length: 30 }, (_, at) => 10 * 1.25 ** at);

const ASK: Readonly<Record<Question, (results: Results) => Promise<unknown[]>>> = {
  latest: (results) => results.latest({}),
  recent: (results) => results.latest({ perCheck: RECENT }),
  'raw day': (results) => results.series({ check: DAY_CHECK, ...RANGE, limit: ROWS_MAX }),
  minutes: (results) => results.rollups({ check: DAY_CHECK, ...RANGE, stepMs: MINUTE_MS }),
  'overview by day': (results) => results.rollups({ ...OVERVIEW, stepMs: DAY_MS }),
  'overview by hour': (results) => results.rollups({ ...OVERVIEW, stepMs: HOUR_MS }),
  codes: (results) => results.statusLatencies({ check: DAY_CHECK, ...RANGE }),
  cells: (results) =>
    results.distribution({
      check: DAY_CHECK,
      ...RANGE,
      stepMs: 10 * MINUTE_MS,
      boundsMs: BOUNDS_MS,
    }),
  retain: async (results) => {
    const policy = { rawMs: 0, minuteMs: HOUR_MS, hourMs: HOUR_MS };
    const deleted = await results.retain(policy, START_MS + HOUR_MS / 2);
    return new Array(deleted);
  },
};

export function askStore(results: Results, question: Question): Promise<unknown[]> {
  return ASK[question](results);
}
