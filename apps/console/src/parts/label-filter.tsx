// Narrows what is shown to checks with certain labels: a chip for each chosen one and for the
// commonest others, the rest in a list. All of them must hold; the URL keeps them (`label`).

import type { CheckSummary } from '@holdfast/resources/api';
import { type ReactNode, useMemo } from 'react';
import { setSearch, useLocation } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { labelCounts, parseCheckFilter } from './check-list.ts';
import { Icon } from './icon.tsx';

/** More labels than a list that can be read; the text filter finds the others. */
const LABELS_MAX = 60;
const CHIPS_MAX = 4;

/** `checks`: those whose labels are offered. */
export function LabelFilter({ checks }: { checks: readonly CheckSummary[] }): ReactNode {
  const words = useWords();
  const { search } = useLocation();
  const chosen = useMemo(() => parseCheckFilter(new URLSearchParams(search)).labels, [search]);
  const labels = useMemo(() => labelCounts(checks).slice(0, LABELS_MAX), [checks]);
  const others = labels.filter(({ label }) => !chosen.includes(label));
  if (labels.length === 0 && chosen.length === 0) return null;
  return (
    <fieldset className="label-filter">
      <legend className="hidden">{words.checks.label}</legend>
      {chosen.map((label) => (
        <button
          key={label}
          type="button"
          className="chip"
          aria-pressed="true"
          aria-label={words.checks.removeFilter(label)}
          onClick={() => setLabels(chosen.filter((other) => other !== label))}
        >
          {label}
          <Icon name="close" size={12} />
        </button>
      ))}
      {others.slice(0, CHIPS_MAX).map(({ label, count }) => (
        <button
          key={label}
          type="button"
          className="chip chip-offer"
          aria-pressed="false"
          onClick={() => setLabels([...chosen, label])}
        >
          {label} <span className="quiet">{count}</span>
        </button>
      ))}
      <label className="select small">
        <span className="hidden">{words.checks.label}</span>
        <select value="" onChange={(event) => setLabels([...chosen, event.target.value])}>
          <option value="">{words.checks.anyLabel}</option>
          {others.map(({ label, count }) => (
            <option key={label} value={label}>
              {label} ({count})
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  );
}

function setLabels(labels: readonly string[]): void {
  setSearch({ label: [...new Set(labels)].join(',') });
}
