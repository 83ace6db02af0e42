// An answer that takes its time, with signs before it that somebody works on it. Whoever waits can so
// tell a slow store from a dead server, and goes elsewhere from the latter only.

import { type Clock, sleep } from '@holdfast/kernel';

/** Before a caller goes elsewhere, which is after 1.6 s. */
const SIGN_MS = 1_000;

/** Undefined every second, then what the work gave; rejects as it does. */
export async function* withSigns<T extends object>(
  clock: Clock,
  work: Promise<T>,
): AsyncIterable<T | undefined> {
  const done = new AbortController();
  const ended = work.finally(() => done.abort());
  for (;;) {
    const sign = sleep(clock, SIGN_MS, done.signal).then(
      () => undefined,
      () => ended,
    );
    const answer = await Promise.race([ended, sign]);
    yield answer;
    if (answer !== undefined) return;
  }
}
