// The text to commit, free to be edited by hand, with what the server says of it underneath. It is
// copied, never written: the file belongs to whoever keeps it.

import type { TextProblem } from '@holdfast/resources/api';
import { type ReactNode, useId, useRef } from 'react';
import { CopyButton } from '../parts/copy-button.tsx';
import { intervalText } from '../parts/moments.ts';
import { Prose } from '../parts/prose.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useWords } from '../words/use-words.ts';
import type { Judged } from './use-validation.ts';

interface TextPaneProps {
  text: string;
  change: (text: string) => void;
  judged: Judged;
  /** Those that no field of the form shows. */
  problems: readonly TextProblem[];
}

const ROWS_MIN = 12;
const ROWS_MAX = 30;

export function TextPane({ text, change, judged, problems }: TextPaneProps): ReactNode {
  const words = useWords();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const rows = Math.max(ROWS_MIN, Math.min(ROWS_MAX, text.split('\n').length + 1));
  const goTo = ({ line, column }: TextProblem): void => {
    const before = text
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length;
    const at = before + (line > 1 ? 1 : 0) + column - 1;
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  return (
    <section className="editor-text">
      <header className="section-head">
        <h2>
          <label htmlFor={id}>YAML</label>
        </h2>
        <Said judged={judged} />
        <CopyButton text={text} name="YAML" />
      </header>
      <textarea
        id={id}
        ref={area}
        className="code"
        rows={rows}
        value={text}
        spellCheck={false}
        autoCapitalize="off"
        onChange={(event) => change(event.target.value)}
      />
      {problems.length > 0 && (
        <ul className="editor-problems">
          {problems.map((problem) => (
            <li key={`${problem.line}:${problem.column} ${problem.path} ${problem.message}`}>
              <button type="button" className="button small plain" onClick={() => goTo(problem)}>
                {words.editor.line(problem.line)}
              </button>
              <code>{problem.path}</code>{' '}
              <span className={problem.severity === 'error' ? 'bad' : 'warn'}>
                {problem.message}
              </span>{' '}
              <span className="quiet">
                <Prose text={problem.hint} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="quiet">
        <Prose text={words.editor.where} />
      </p>
    </section>
  );
}

function Said({ judged: { validation, failure, busy } }: { judged: Judged }): ReactNode {
  const words = useWords();
  const errors = validation?.problems.filter(({ severity }) => severity === 'error').length ?? 0;
  const [first] = validation?.checks ?? [];
  return (
    <span className="editor-said" role="status" data-busy={busy}>
      {failure !== undefined && (
        <span className="bad">{failure.message === '' ? failure.code : failure.message}</span>
      )}
      {validation?.valid === false && (
        <>
          <StateMark mark="down" size={10} /> {words.editor.faults(errors)}
        </>
      )}
      {validation?.valid === true && (
        <>
          <StateMark mark="up" size={10} /> {words.editor.valid(validation.checks.length)}
          {first !== undefined && (
            <span className="quiet">
              {' '}
              {first.kind} · {words.check.interval} {intervalText(first.intervalMs, words.span)}
            </span>
          )}
        </>
      )}
    </span>
  );
}
