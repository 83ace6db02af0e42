// What becomes of a delivery after an attempt, as a pure function: done, given up, or tried again
// after exponential back-off with full jitter. Every wait and the number of tries are bounded.

import { type Chance, fullJitter } from '@holdfast/kernel';
import type { SendOutcome } from './sender.ts';

/** With the back-off below about two minutes of waiting: outlives a restart of the receiver. */
const ATTEMPTS_MAX = 8;
/** A hook that takes longer is not alive; the lane behind it waits meanwhile. */
export const ATTEMPT_TIMEOUT_MS = 10_000;
const BACK_OFF_BASE_MS = 1_000;
const BACK_OFF_MS_MAX = 60_000;
/** Receivers ask for seconds when they are busy; longer than this an alert may not be held back. */
const RETRY_AFTER_MS_MAX = 300_000;

export type Verdict =
  | { state: 'delivered' }
  | { state: 'failed' }
  | { state: 'pending'; waitMs: number };

/** `attempts` counts the one just made. */
export function afterAttempt(outcome: SendOutcome, attempts: number, chance: Chance): Verdict {
  if (outcome.type === 'delivered') return { state: 'delivered' };
  if (outcome.type === 'refused' || attempts >= ATTEMPTS_MAX) return { state: 'failed' };
  const askedMs = Math.min(outcome.retryAfterMs ?? 0, RETRY_AFTER_MS_MAX);
  return { state: 'pending', waitMs: Math.max(askedMs, fullJitter(chance, backOffMs(attempts))) };
}

/** 1 s, 2 s, 4 s … 60 s: the longest wait after so many attempts, before jitter. */
function backOffMs(attempts: number): number {
  return Math.min(BACK_OFF_MS_MAX, BACK_OFF_BASE_MS * 2 ** (attempts - 1));
}
