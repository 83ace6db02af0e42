// Said above everything while the file on disk has faults: what is shown follows an older one.

import type { ReactNode } from 'react';
import { useLive } from '../app/live-store.ts';
import { useWords } from '../words/use-words.ts';
import { Clock } from './figure-text.tsx';
import { Icon } from './icon.tsx';

export function ConfigBanner(): ReactNode {
  const words = useWords();
  const problem = useLive((state) => state.configProblem);
  if (problem === undefined) return null;
  return (
    <section className="banner" role="alert">
      <Icon name="warning" size={16} />
      <div>
        <p>
          <b>{words.configProblem.title}</b>{' '}
          <span className="quiet">
            <Clock atMs={problem.sinceMs} seconds wrap={words.since} />
          </span>
        </p>
        <pre>{problem.text}</pre>
        <p className="quiet">{words.configProblem.validate}</p>
      </div>
    </section>
  );
}
