// How the latency of a range is to be looked at: as lines or as a heat map, and over which earlier
// range. Both stand in the URL.

import type { ReactNode } from 'react';
import { setSearch, useLocation } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { COMPARISONS, parseComparison } from './earlier-range.ts';

const VIEWS = ['lines', 'heat'] as const;
type ChartView = (typeof VIEWS)[number];

export function parseChartView(search: URLSearchParams): ChartView {
  return search.get('chart') === 'heat' ? 'heat' : 'lines';
}

export function ChartChoices(): ReactNode {
  const words = useWords();
  const search = new URLSearchParams(useLocation().search);
  const view = parseChartView(search);
  return (
    <div className="chart-choices">
      {view === 'lines' && (
        <label className="select small">
          <span className="hidden">{words.heat.compare}</span>
          <select
            value={parseComparison(search) ?? ''}
            onChange={(event) => setSearch({ compare: event.target.value })}
          >
            <option value="">{words.heat.compareNone}</option>
            {COMPARISONS.map((comparison) => (
              <option key={comparison} value={comparison}>
                {words.heat.comparisons[comparison]}
              </option>
            ))}
          </select>
        </label>
      )}
      <fieldset className="range">
        <legend className="hidden">{words.heat.view}</legend>
        {VIEWS.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={view === name}
            onClick={() => setSearch({ chart: name === 'heat' ? 'heat' : undefined })}
          >
            {words.heat.views[name]}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
