// Work that must end in time: its signal aborts after the limit, or with its owner's, and then nobody
// waits for it any more, whether it minds the signal or not.

import type { Clock } from '@holdfast/kernel';

/** Rejects with `late` after the limit, with the signal's reason, or as the work does. */
export async function withTimeLimit<T>(
  { clock, limitMs, late }: { clock: Clock; limitMs: number; late: string },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const timer = clock.after(limitMs, () => limit.abort(new Error(late)));
  const either = AbortSignal.any([signal, limit.signal]);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(either.reason);
  either.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(either), aborted]);
  } finally {
    either.removeEventListener('abort', onAbort);
    timer.cancel();
  }
}
