// One sentence that answers "is everything well", and the counts it rests on. Each count leads to
// the checks it counts.

import type { CheckState, CheckSummary } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useLiveness } from '../app/live-sign.tsx';
import { Link, useLocation } from '../app/location.tsx';
import { CHECKS_PATH, withSearch } from '../app/route.ts';
import type { Words } from '../words/en.ts';
import { useWords } from '../words/use-words.ts';
import { lastChangeMs } from './attention.ts';
import { countStates, STATES } from './check-list.ts';
import { Clock, Count, Span } from './figure-text.tsx';
import { type Mark, StateMark } from './state-mark.tsx';

export function Verdict({ checks }: { checks: readonly CheckSummary[] }): ReactNode {
  const words = useWords();
  const live = useLiveness();
  const counts = countStates(checks);
  const { mark, sentence } = verdictOf(counts, checks.length, words);
  const changedAtMs = lastChangeMs(checks);
  return (
    <>
      <h1 className={`verdict verdict-${mark}`} aria-live="polite">
        <StateMark mark={mark} size={18} />
        <span>
          {sentence}
          {live.kind === 'stale' && (
            <span className="verdict-aside">
              <Clock atMs={live.sinceMs} seconds wrap={words.verdict.asOf} />
            </span>
          )}
        </span>
      </h1>
      <p className="counts">
        <Counts counts={counts} />
        {changedAtMs !== undefined && counts.down + counts.degraded === 0 && (
          <span className="quiet">
            <Span sinceMs={changedAtMs} wrap={words.verdict.unchanged} />
          </span>
        )}
      </p>
    </>
  );
}

function Counts({ counts }: { counts: Record<CheckState, number> }): ReactNode {
  const words = useWords();
  const namespace = new URLSearchParams(useLocation().search).get('ns') ?? undefined;
  return STATES.map((state) => (
    <Link
      key={state}
      className="count"
      data-empty={counts[state] === 0}
      to={CHECKS_PATH + withSearch('', { ns: namespace, state })}
    >
      <StateMark mark={state} />
      <b>
        <Count count={counts[state]} />
      </b>
      {words.states[state]}
    </Link>
  ));
}

function verdictOf(
  counts: Record<CheckState, number>,
  total: number,
  words: Words,
): { mark: Mark; sentence: string } {
  if (total === 0) return { mark: 'unknown', sentence: words.verdict.none };
  if (counts.down > 0) return { mark: 'down', sentence: words.verdict.down(counts.down, total) };
  if (counts.degraded > 0)
    return { mark: 'degraded', sentence: words.verdict.degraded(counts.degraded, total) };
  if (counts.unknown > 0)
    return { mark: 'unknown', sentence: words.verdict.unknown(counts.unknown, total) };
  return { mark: 'up', sentence: words.verdict.up(total) };
}
