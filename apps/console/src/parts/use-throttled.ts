// A value that changes at most so often: the first change at once, later ones when their time comes.

import { useEffect, useRef, useState } from 'react';

export function useThrottled<T>(value: T, everyMs: number): T {
  const [shown, setShown] = useState(value);
  const changedAtMs = useRef(0);
  useEffect(() => {
    if (Object.is(value, shown)) return;
    const waitMs = Math.max(0, changedAtMs.current + everyMs - Date.now());
    const timer = window.setTimeout(() => {
      changedAtMs.current = Date.now();
      setShown(value);
    }, waitMs);
    return () => window.clearTimeout(timer);
  }, [value, shown, everyMs]);
  return shown;
}
