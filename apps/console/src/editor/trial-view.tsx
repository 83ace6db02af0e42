// Tries the check once, as it stands in the text: the result is shown here and kept nowhere.

import type { Trial } from '@holdfast/resources/api';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type Answer, postJson, TRIAL_PATH } from '../api/client.ts';
import { CertificateChain } from '../parts/certificate-chain.tsx';
import { FaultLine } from '../parts/fault-line.tsx';
import { Latency } from '../parts/figure-text.tsx';
import { Icon } from '../parts/icon.tsx';
import { KindEvidence } from '../parts/kind-evidence.tsx';
import { FailureNote } from '../parts/notes.tsx';
import { Prose } from '../parts/prose.tsx';
import { ResolutionPath } from '../parts/resolution-path.tsx';
import { ResultFacts } from '../parts/result-facts.tsx';
import { markOfStatus, StateMark } from '../parts/state-mark.tsx';
import { Waterfall } from '../parts/waterfall.tsx';
import { useWords } from '../words/use-words.ts';
import type { Tree } from './draft.ts';

export function TrialView({ check }: { check: Tree | undefined }): ReactNode {
  const words = useWords();
  const [answer, setAnswer] = useState<Answer<Trial>>();
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const run = async (): Promise<void> => {
    const controller = new AbortController();
    running.current = controller;
    setBusy(true);
    const told = await postJson<Trial>(TRIAL_PATH, controller.signal, { check });
    if (controller.signal.aborted) return;
    setBusy(false);
    setAnswer(told);
  };
  return (
    <section className="editor-trial" aria-label={words.editor.trial}>
      <header className="section-head">
        <h2>{words.editor.trial}</h2>
        <button
          type="button"
          className="button"
          disabled={busy || check === undefined}
          aria-busy={busy}
          onClick={() => void run()}
        >
          {busy ? <i className="spinner" aria-hidden="true" /> : <Icon name="run" size={14} />}
          {busy ? words.check.running : words.editor.tryOnce}
        </button>
        <span className="quiet">{words.editor.trialHint}</span>
      </header>
      <div aria-live="polite">
        {answer?.ok === false && (
          <FailureNote failure={answer.failure} retry={() => void run()} busy={busy} />
        )}
        {answer?.ok === true && <Outcome trial={answer.value} />}
      </div>
    </section>
  );
}

function Outcome({ trial: { result, problems } }: { trial: Trial }): ReactNode {
  const words = useWords();
  if (result === undefined) {
    return (
      <ul className="editor-problems">
        {problems.map((problem) => (
          <li key={`${problem.path} ${problem.message}`}>
            <b>{problem.path}</b> <span className="bad">{problem.message}</span>{' '}
            <span className="quiet">
              <Prose text={problem.hint} />
            </span>
          </li>
        ))}
      </ul>
    );
  }
  const { fault, context, detail } = result;
  return (
    <div className="result">
      <p className="result-verdict">
        <StateMark mark={markOfStatus(result.status)} />
        <b>{words.statuses[result.status]}</b>
        <Latency ms={result.totalMs} />
        {fault !== undefined && <FaultLine fault={fault} withCode />}
      </p>
      {fault?.cure !== undefined && (
        <p className="quiet">
          <Prose text={fault.cure} />
        </p>
      )}
      <Waterfall result={result} />
      <ResultFacts result={result} />
      <KindEvidence detail={detail} />
      <ResolutionPath detail={detail} />
      {context.tls !== undefined && <CertificateChain tls={context.tls} detail={detail} />}
    </div>
  );
}
