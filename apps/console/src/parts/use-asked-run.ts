// A run that is asked for and followed to its end: queued, then a result from each place. Asked by long
// reads, one at a time; given up with the page, and when the server cannot be asked for a while.

import type { RunState } from '@holdfast/resources/api';
import { useEffect, useState } from 'react';
import { type Failure, getJson, postJson } from '../api/client.ts';

export interface AskedRun {
  /** Of the last one that was asked for here. */
  run?: RunState;
  /** Why it could not be asked for, or be followed any more. */
  failure?: Failure;
  busy: boolean;
  ask: () => void;
}

/** Below the deadline of every read, so that a quiet wait is no failure. */
const WAIT_S = 10;
/** Some places answer sooner than others: what came in between is shown. */
const LOOK_MS = 500;
const QUICK_LOOKS = 10;
const RETRY_MS = 2000;
const FAILURES_MAX = 5;

export function useAskedRun(namespace: string, check: string): AskedRun {
  const [told, setTold] = useState<Omit<AskedRun, 'ask'>>({ busy: false });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (asked === 0) return;
    const leaving = new AbortController();
    setTold({ busy: true });
    void follow({ namespace, check }, leaving.signal, setTold);
    return () => leaving.abort();
  }, [asked, namespace, check]);
  return { ...told, ask: () => setAsked((count) => count + 1) };
}

/** Tells of every step; never rejects, and says nothing once the signal is aborted. */
async function follow(
  wanted: { namespace: string; check: string },
  signal: AbortSignal,
  tell: (told: Omit<AskedRun, 'ask'>) => void,
): Promise<void> {
  const asked = await postJson<RunState>('/api/v1/runs', signal, wanted);
  if (signal.aborted) return;
  if (!asked.ok) return tell({ failure: asked.failure, busy: false });
  let run = asked.value;
  let failures = 0;
  for (let looks = 0; run.state === 'queued'; looks += 1) {
    tell({ run, busy: true });
    const waitS = run.locations.length > 1 && looks < QUICK_LOOKS ? 0 : WAIT_S;
    if (waitS === 0 || looks > 0) await pause(LOOK_MS, signal);
    const path = `/api/v1/runs/${encodeURIComponent(run.run)}?wait=${waitS}`;
    const answer = await getJson<RunState>(path, signal);
    if (signal.aborted) return;
    failures = answer.ok ? 0 : failures + 1;
    if (answer.ok) run = answer.value;
    else if (failures >= FAILURES_MAX) return tell({ run, failure: answer.failure, busy: false });
    else await pause(RETRY_MS, signal);
  }
  tell({ run, busy: false });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(done, ms);
    signal.addEventListener('abort', done);
    function done(): void {
      window.clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
