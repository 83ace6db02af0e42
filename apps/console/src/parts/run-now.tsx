// Runs the check once, out of turn. Only the button shows that it is under way; the result comes
// with the live events like any other.

import type { CheckSummary } from '@holdfast/resources/api';
import { type ReactNode, useEffect, useState } from 'react';
import { checkApiPath, type Failure, postJson } from '../api/client.ts';
import { useWords } from '../words/use-words.ts';
import { Icon } from './icon.tsx';

/** Beyond the check's own deadline, for the way to the agent and back. */
const GRACE_MS = 3000;

export function RunNow({ check }: { check: CheckSummary }): ReactNode {
  const words = useWords();
  const [running, setRunning] = useState<{ afterMs: number }>();
  const [failure, setFailure] = useState<Failure>();
  const arrived = running !== undefined && (check.lastPlannedAtMs ?? 0) > running.afterMs;
  useEffect(() => {
    if (running === undefined) return;
    const timer = window.setTimeout(
      () => setRunning(undefined),
      arrived ? 0 : check.timeoutMs + GRACE_MS,
    );
    return () => window.clearTimeout(timer);
  }, [running, arrived, check.timeoutMs]);
  const run = async (): Promise<void> => {
    setFailure(undefined);
    setRunning({ afterMs: check.lastPlannedAtMs ?? 0 });
    const answer = await postJson(
      checkApiPath(check.namespace, check.name, '/run'),
      new AbortController().signal,
    );
    if (answer.ok) return;
    setRunning(undefined);
    setFailure(answer.failure);
  };
  return (
    <div className="run-now">
      {failure !== undefined && (
        <span className="run-now-failure" role="alert" title={failure.cure}>
          {words.check.runFailed}: {failure.message === '' ? failure.code : failure.message}
        </span>
      )}
      <button
        type="button"
        className="button"
        onClick={() => void run()}
        disabled={running !== undefined}
        aria-busy={running !== undefined}
      >
        {running === undefined ? (
          <Icon name="run" size={14} />
        ) : (
          <i className="spinner" aria-hidden="true" />
        )}
        {running === undefined ? words.check.runNow : words.check.running}
      </button>
    </div>
  );
}
