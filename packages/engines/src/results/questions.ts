// What may be asked of a store of results, whatever it stands on: bounds, defaults, and the words in
// which a question is refused. Answers are the engines' own.

import { HoldfastError } from '@holdfast/kernel';
import type { SeriesQuery, TimeRange } from './results.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** A year back and a month to look at it. */
export const ALERT_MS_DEFAULT = 400 * DAY_MS;
export const ALERTS_MAX_DEFAULT = 100_000;
const SERIES_LIMIT_DEFAULT = 1_000;
const SERIES_LIMIT_MAX = 10_000;
const PER_CHECK_MAX = 100;
const BOUNDS_MAX = 100;
const RECENT_MAX = 1_000;

/** Throws USAGE. */
export function seriesLimit({ limit = SERIES_LIMIT_DEFAULT }: Pick<SeriesQuery, 'limit'>): number {
  assertWithin('limit', limit, SERIES_LIMIT_MAX);
  return limit;
}

/** Throws USAGE. */
export function assertPerCheck(perCheck: number): void {
  assertWithin('perCheck', perCheck, PER_CHECK_MAX);
}

/** Of alerts told at once. Throws USAGE. */
export function assertRecent(limit: number): void {
  assertWithin('limit', limit, RECENT_MAX);
}

/** The steps that overlap the range. Throws USAGE for a step that is no whole number of minutes. */
export function wholeSteps({ fromMs, toMs }: TimeRange, stepMs: number): TimeRange {
  if (!(Number.isSafeInteger(stepMs) && stepMs > 0 && stepMs % MINUTE_MS === 0))
    throw usage(`stepMs is ${stepMs}`, 'Ask for a whole number of minutes, in milliseconds.');
  return {
    fromMs: Math.floor(fromMs / stepMs) * stepMs,
    toMs: Math.ceil(toMs / stepMs) * stepMs,
  };
}

/** Throws USAGE. */
export function assertBounds(boundsMs: readonly number[]): void {
  assertWithin('the number of bounds', boundsMs.length, BOUNDS_MAX);
  const isAscending = boundsMs.every((boundMs, index) => {
    const beforeMs = boundsMs[index - 1] ?? 0;
    return Number.isFinite(boundMs) && boundMs > beforeMs;
  });
  if (!isAscending)
    throw usage(`boundsMs is ${boundsMs.join(', ')}`, 'Give milliseconds above 0, ascending.');
}

function assertWithin(name: string, value: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return;
  throw usage(`${name} is ${value}`, `Ask for 1 … ${max}.`);
}

function usage(what: string, cure: string): HoldfastError {
  return new HoldfastError('USAGE', what, cure);
}
