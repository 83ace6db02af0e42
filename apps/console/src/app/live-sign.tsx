// Whether what is shown is true now: a quiet dot while live, words as soon as it may not be.

import type { ReactNode } from 'react';
import { clockText } from '../parts/moments.ts';
import { useWords } from '../words/use-words.ts';
import { type Liveness, liveness } from './connection.ts';
import { shortestIntervalMs, useConnection, useLive } from './live-store.ts';
import { useNow } from './now.ts';

export function LiveSign(): ReactNode {
  const words = useWords();
  const current = useLiveness();
  const text =
    current.kind === 'stale'
      ? words.live.stale(clockText(current.sinceMs, Date.now(), words.locale, true))
      : words.live[current.kind];
  const hint =
    current.kind === 'stale' || current.kind === 'reconnecting'
      ? words.live.staleHint
      : words.live.liveHint;
  return (
    <span className={`live live-${current.kind}`} role="status" title={hint}>
      <i aria-hidden="true" />
      {text}
    </span>
  );
}

export function useLiveness(): Liveness {
  const connection = useConnection();
  const shortest = useLive(shortestIntervalMs);
  const skewMs = useLive((state) => state.skewMs);
  const text = useNow((nowMs) => JSON.stringify(liveness(connection, shortest, nowMs - skewMs)));
  return JSON.parse(text) as Liveness;
}
