// Writes a check: a form on the left, the YAML to commit on the right, either edited, both always
// saying the same; judged by the server while it is typed, and tried once on demand. It writes no
// file and changes nothing that is in force.

import type { CheckDetail } from '@holdfast/resources/api';
import '../style/editor.css';
import { type ReactNode, useState } from 'react';
import { checkApiPath } from '../api/client.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useCommands } from '../app/key-commands.ts';
import { navigate, useLocation } from '../app/location.tsx';
import { CHECKS_PATH } from '../app/route.ts';
import { CheckForm, hasField } from '../editor/check-form.tsx';
import { copyOfResource, firstText, readDraft, textOfCheck, textWith } from '../editor/draft.ts';
import { keepText, keptText } from '../editor/kept-text.ts';
import { TextPane } from '../editor/text-pane.tsx';
import { TrialView } from '../editor/trial-view.tsx';
import { useValidation } from '../editor/use-validation.ts';
import { FailureNote, Skeleton } from '../parts/notes.tsx';
import { useWords } from '../words/use-words.ts';

export function EditorPage(): ReactNode {
  const copy = new URLSearchParams(useLocation().search).get('copy') ?? '';
  const at = copy.indexOf('/');
  const path = at < 1 ? undefined : checkApiPath(copy.slice(0, at), copy.slice(at + 1));
  const asked = useAnswer<CheckDetail>(path, copy);
  if (path === undefined) return <Editor key="" source="" begin={firstText} />;
  const { data } = asked;
  if (data !== undefined) {
    const begin = (): string => textOfCheck(copyOfResource(data.resource));
    return <Editor key={copy} source={copy} begin={begin} />;
  }
  if (asked.failure !== undefined)
    return <FailureNote failure={asked.failure} retry={asked.retry} busy={asked.busy} />;
  return <Skeleton lines={10} />;
}

function Editor({ source, begin }: { source: string; begin: () => string }): ReactNode {
  const words = useWords();
  const [text, setText] = useState(() => keptText(source) ?? begin());
  const judged = useValidation(text);
  const draft = readDraft(text);
  const problems = judged.validation?.problems ?? [];
  const change = (next: string): void => {
    setText(next);
    keepText(source, next);
  };
  useCommands({
    close: () => {
      const focused = document.activeElement;
      if (focused instanceof HTMLElement && focused.matches('input, select, textarea'))
        return false;
      navigate(CHECKS_PATH);
      return true;
    },
  });
  const elsewhere = problems.filter(
    (problem) => draft === undefined || !hasField(draft.check, problem),
  );
  return (
    <div className="editor">
      <header className="editor-head">
        <h1>{source === '' ? words.editor.newCheck : words.editor.copyOf(source)}</h1>
        <button type="button" className="button small plain" onClick={() => change(begin())}>
          {words.editor.startAnew}
        </button>
      </header>
      {text.includes('<secret>') && <p className="warn">{words.editor.secrets}</p>}
      <div className="editor-columns">
        <div>
          {draft === undefined ? (
            <p className="editor-unread quiet">{words.editor.unread}</p>
          ) : (
            <CheckForm
              check={draft.check}
              change={(check) => change(textWith(draft, check))}
              problems={problems}
            />
          )}
          {draft !== undefined && /(^|\s)#/.test(text) && (
            <p className="quiet">{words.editor.comments}</p>
          )}
        </div>
        <TextPane text={text} change={change} judged={judged} problems={elsewhere} />
      </div>
      <TrialView check={draft?.check} />
    </div>
  );
}
