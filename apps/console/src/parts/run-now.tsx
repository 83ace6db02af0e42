// Runs the check once, out of turn. The button shows that it is under way; its result comes with the
// live events like any other. How each place fares is told below (run-outcome.tsx).

import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Icon } from './icon.tsx';
import type { AskedRun } from './use-asked-run.ts';

export function RunNow({ asked }: { asked: AskedRun }): ReactNode {
  const words = useWords();
  const { failure, run, busy } = asked;
  return (
    <div className="run-now">
      {failure !== undefined && (
        <span className="run-now-failure" role="alert" title={failure.cure}>
          {run === undefined ? words.check.runFailed : words.asked.lost}:{' '}
          {failure.message === '' ? failure.code : failure.message}
        </span>
      )}
      <button type="button" className="button" onClick={asked.ask} disabled={busy} aria-busy={busy}>
        {busy ? <i className="spinner" aria-hidden="true" /> : <Icon name="run" size={14} />}
        {busy ? words.check.running : words.check.runNow}
      </button>
    </div>
  );
}
