// The head of the table of checks: what each column is, and the order of the rows by a click.
// biome-ignore-all lint/a11y/useSemanticElements: rows laid out as a grid take its meaning from a real table.
// biome-ignore-all lint/a11y/useFocusableInteractive: what is used stands inside the cells.

import type { ReactNode } from 'react';
import { setSearch } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import type { CheckFilter, SortKey } from './check-list.ts';

const COLUMNS: { key: SortKey | 'history' | 'labels'; number?: boolean }[] = [
  { key: 'state' },
  { key: 'name' },
  { key: 'target' },
  { key: 'history' },
  { key: 'last', number: true },
  { key: 'p50', number: true },
  { key: 'p95', number: true },
  { key: 'availability', number: true },
  { key: 'interval', number: true },
  { key: 'labels' },
];

export function TableHead({ filter }: { filter: CheckFilter }): ReactNode {
  const words = useWords();
  return (
    <div className="table-head table-row" role="row">
      {COLUMNS.map(({ key, number = false }) => {
        const sorted = filter.sort === key;
        const direction = sorted ? (filter.descending ? 'descending' : 'ascending') : undefined;
        return (
          <span
            key={key}
            role="columnheader"
            className={`cell-${key}${number ? ' number' : ''}`}
            aria-sort={direction}
          >
            {key === 'history' || key === 'labels' ? (
              words.checks.columns[key]
            ) : (
              <button type="button" onClick={() => setSearch({ sort: sortText(key, filter) })}>
                {words.checks.columns[key]}
                <span className="sort-sign" aria-hidden="true">
                  {sorted ? (filter.descending ? '↓' : '↑') : ''}
                </span>
              </button>
            )}
          </span>
        );
      })}
    </div>
  );
}

/** The other direction when it is the sorted column already; the default needs no parameter. */
function sortText(key: SortKey, filter: CheckFilter): string | undefined {
  const descending = filter.sort === key && !filter.descending;
  const text = `${descending ? '-' : ''}${key}`;
  return text === 'state' ? undefined : text;
}
