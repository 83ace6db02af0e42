// The last runs of one check as bars: see history-shape.ts for what each shape says.

import type { CheckSummary, RunLetter } from '@holdfast/resources/api';
import { memo, type ReactNode } from 'react';
import { historyShape } from './history-shape.ts';

const LETTERS: readonly RunLetter[] = ['u', 'd', 't', 'i'];

interface HistoryBarsProps {
  recent: CheckSummary['recent'];
  slots?: number;
  pitchPx?: number;
  heightPx?: number;
}

export const HistoryBars = memo(function HistoryBars({
  recent,
  slots = 60,
  pitchPx = 3,
  heightPx = 16,
}: HistoryBarsProps): ReactNode {
  const { paths, empty } = historyShape(recent, slots, pitchPx, heightPx);
  const width = slots * pitchPx;
  return (
    <svg
      className="history"
      width={width}
      height={heightPx}
      viewBox={`0 0 ${width} ${heightPx}`}
      aria-hidden="true"
    >
      <path className="run-empty" d={empty} />
      {LETTERS.map((letter) =>
        paths[letter] === '' ? null : (
          <path key={letter} className={`run-${letter}`} d={paths[letter]} />
        ),
      )}
    </svg>
  );
});
