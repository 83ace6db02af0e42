// A read of the API that stays fresh: again every few seconds while somebody looks, and soon after
// news. Never asked again before it was answered, so that a slow server is not pushed; a refusal ends it.

import { useEffect, useRef, useState } from 'react';
import { useThrottled } from '../parts/use-throttled.ts';
import { type Asked, useAnswer } from './use-answer.ts';

const EVERY_MS = 5000;
/** News come in crowds. */
const NEWS_MS = 2000;

/** A change of `news` is a reason to ask again. */
export function useFreshAnswer<T>(path: string, subject: string, news: unknown): Asked<T> {
  const [version, setVersion] = useState(0);
  const asked = useAnswer<T>(path, subject, version);
  const heard = useThrottled(news, NEWS_MS);
  const waits = useRef(true);
  waits.current = asked.busy || asked.failure?.httpStatus === 403;
  // biome-ignore lint/correctness/useExhaustiveDependencies: news are a reason to ask again.
  useEffect(() => {
    const again = (): void => {
      if (!document.hidden && !waits.current) setVersion((count) => count + 1);
    };
    if (version > 0 || asked.data !== undefined) again();
    const timer = window.setInterval(again, EVERY_MS);
    document.addEventListener('visibilitychange', again);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }, [heard]);
  return asked;
}
