// The runs that somebody asked for lately: who, of what, how far it is, and what each place measured.

import type { RunHistory, RunState } from '@holdfast/resources/api';
import { type ReactNode, useState } from 'react';
import type { Asked } from '../api/use-answer.ts';
import { Link } from '../app/location.tsx';
import { checkPath } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import { CheckName } from './attention-list.tsx';
import { CopyButton } from './copy-button.tsx';
import { Clock } from './figure-text.tsx';
import { FailureNote } from './notes.tsx';
import { RunOutcome } from './run-outcome.tsx';
import { type Mark, StateMark } from './state-mark.tsx';

const RUNS_SHOWN = 8;
const COMMAND = 'holdfast run CHECK --namespace NAMESPACE --wait';

export function AskedRuns({ asked }: { asked: Asked<RunHistory> }): ReactNode {
  const words = useWords();
  const [every, setEvery] = useState(false);
  const runs = asked.data?.runs ?? [];
  return (
    <section className="asked-runs" aria-label={words.fleet.runs}>
      <header className="section-head">
        <h2>{words.fleet.runs}</h2>
      </header>
      {asked.failure !== undefined && asked.data === undefined && (
        <FailureNote failure={asked.failure} retry={asked.retry} busy={asked.busy} />
      )}
      {asked.data !== undefined && runs.length === 0 && <NoRuns />}
      <ol>
        {runs.slice(0, every ? runs.length : RUNS_SHOWN).map((run) => (
          <AskedRunLine key={run.run} run={run} />
        ))}
      </ol>
      {!every && runs.length > RUNS_SHOWN && (
        <button type="button" className="button results-more" onClick={() => setEvery(true)}>
          {words.alerts.showMore}
        </button>
      )}
    </section>
  );
}

function NoRuns(): ReactNode {
  return (
    <>
      <p className="quiet">{useWords().fleet.noRuns}</p>
      <p className="agent-command">
        <code>{COMMAND}</code>
        <CopyButton text={COMMAND} name={COMMAND} />
      </p>
    </>
  );
}

function AskedRunLine({ run }: { run: RunState }): ReactNode {
  const words = useWords();
  const { namespace, check, by, state } = run;
  return (
    <li className="asked-run">
      <Clock atMs={run.requestedAtMs} seconds />
      <Link className="asked-check" data-stop to={checkPath(namespace, check)}>
        <CheckName check={{ namespace, name: check }} />
      </Link>
      <span className="asked-state">
        <StateMark mark={markOf(run)} size={10} /> {words.asked.states[state]}
      </span>
      <span className="quiet asked-by">{words.asked.by(by)}</span>
      <RunOutcome run={run} />
    </li>
  );
}

function markOf({ state, results }: RunState): Mark {
  if (state === 'expired') return 'degraded';
  if (state === 'queued') return 'unknown';
  return results.some(({ status }) => status !== 'up') ? 'down' : 'up';
}
