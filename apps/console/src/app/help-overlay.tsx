// Every key, on one sheet.

import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Dialog } from './dialog.tsx';

export function HelpOverlay({ close }: { close: () => void }): ReactNode {
  const words = useWords();
  const keys: [string[], string][] = [
    [['/'], words.keys.search],
    [['Ctrl K', '⌘K'], words.keys.palette],
    [['j', 'k'], words.keys.move],
    [['←', '→', '↑', '↓'], words.keys.arrows],
    [['Enter'], words.keys.open],
    [['Esc'], words.keys.close],
    [['g o'], words.keys.goOverview],
    [['g c'], words.keys.goChecks],
    [['g a'], words.keys.goAlerts],
    [['g f'], words.keys.goFleet],
    [['?'], words.keys.help],
  ];
  return (
    <Dialog close={close} label={words.keysTitle} className="help">
      <h2>{words.keysTitle}</h2>
      <dl className="help-keys">
        {keys.map(([strokes, meaning]) => (
          <div key={meaning}>
            <dt>
              {strokes.map((stroke) => (
                <kbd key={stroke}>{stroke}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <button type="button" className="button" onClick={close}>
        {words.close}
      </button>
    </Dialog>
  );
}
