// One read of the API for one component: asked when the path changes or `version` moves, given up
// when nobody waits any more. While it is asked again what is known stays on the page; only another
// `subject` clears it, so that nothing of one check is ever shown under the name of another.

import { useEffect, useState } from 'react';
import { type Failure, getJson } from './client.ts';

export interface Asked<T> {
  data?: T;
  /** Of the newest request; `data` may still hold what was known before. */
  failure?: Failure;
  busy: boolean;
  retry: () => void;
}

/** An absent path asks nothing. */
export function useAnswer<T>(
  path: string | undefined,
  subject: string,
  version: number | string = 0,
): Asked<T> {
  const [known, setKnown] = useState<{ subject: string; data?: T; failure?: Failure }>({ subject });
  const [tries, setTries] = useState(0);
  const [busy, setBusy] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version and tries are reasons to ask again.
  useEffect(() => {
    if (path === undefined) return;
    const controller = new AbortController();
    setBusy(true);
    void getJson<T>(path, controller.signal).then((answer) => {
      if (controller.signal.aborted) return;
      setBusy(false);
      setKnown((before) => {
        if (answer.ok) return { subject, data: answer.value };
        const kept =
          before.subject === subject && before.data !== undefined ? { data: before.data } : {};
        return { subject, failure: answer.failure, ...kept };
      });
    });
    return () => controller.abort();
  }, [path, subject, version, tries]);
  const current = known.subject === subject ? known : { subject };
  const { subject: _subject, ...shown } = current;
  return { ...shown, busy, retry: () => setTries((count) => count + 1) };
}
