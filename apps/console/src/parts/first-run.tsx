// What to do next, for someone who has just started Holdfast: three commands, ready to copy.

import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { CopyButton } from './copy-button.tsx';

export function FirstRun({ demo }: { demo: boolean }): ReactNode {
  const words = useWords();
  const steps = [
    { command: 'holdfast init', meaning: words.firstRun.init },
    { command: '$EDITOR holdfast.yaml', meaning: words.firstRun.edit },
    { command: 'holdfast probe http https://example.com', meaning: words.firstRun.probe },
  ];
  return (
    <section className="first-run">
      <h2>{demo ? words.firstRun.title : words.firstRun.titleEmpty}</h2>
      <ol>
        {steps.map((step) => (
          <li key={step.command}>
            <code>{step.command}</code>
            <span className="first-run-meaning">{step.meaning}</span>
            <CopyButton text={step.command} name={step.command} />
          </li>
        ))}
      </ol>
    </section>
  );
}
