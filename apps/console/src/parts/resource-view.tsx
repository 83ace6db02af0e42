// The check as it was written, as YAML or JSON, ready to copy. Secrets never reach this page.

import type { CheckDetail } from '@holdfast/resources/api';
import { type ReactNode, useState } from 'react';
import { Link } from '../app/location.tsx';
import { EDITOR_PATH } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import { CopyButton } from './copy-button.tsx';
import { yamlText } from './yaml-text.ts';

const FORMATS = ['YAML', 'JSON'] as const;

export function ResourceView({ detail }: { detail: CheckDetail }): ReactNode {
  const words = useWords();
  const [format, setFormat] = useState<(typeof FORMATS)[number]>('YAML');
  const text =
    format === 'YAML' ? yamlText(detail.resource) : JSON.stringify(detail.resource, null, 2);
  return (
    <section className="resource">
      <header className="section-head">
        <h2>{words.check.resource}</h2>
        <fieldset className="range">
          <legend className="hidden">{words.format}</legend>
          {FORMATS.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={format === name}
              onClick={() => setFormat(name)}
            >
              {name}
            </button>
          ))}
        </fieldset>
        <Link
          className="button small"
          to={`${EDITOR_PATH}?copy=${encodeURIComponent(`${detail.namespace}/${detail.name}`)}`}
        >
          {words.editor.editCopy}
        </Link>
        <CopyButton text={text} name={words.check.resource} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key. */}
      <pre className="code" tabIndex={0}>
        {text}
      </pre>
    </section>
  );
}
