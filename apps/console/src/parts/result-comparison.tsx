// A second result beside the one that is looked at: its waterfall on the same ruler, and the facts in
// which they differ. Chosen from the list, or the last good one before; the URL keeps it (`against`).

import type { ResultList } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import { type ReactNode, useState } from 'react';
import { checkApiPath, getJson } from '../api/client.ts';
import { setSearch, useLocation } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { Clock, Latency } from './figure-text.tsx';
import { figureText, latencyFigure } from './figures.ts';
import { clockText } from './moments.ts';
import { differencesOf } from './result-differences.ts';
import { isSame, resultName } from './result-name.ts';
import { markOfStatus, StateMark } from './state-mark.tsx';
import { type NamedResult, useResult } from './use-result.ts';
import { Waterfall } from './waterfall.tsx';

/** In the list to choose from. */
const CHOICES_MAX = 60;

export function useCompared(
  result: ProbeResult,
  results: readonly ProbeResult[] | undefined,
): NamedResult {
  const against = new URLSearchParams(useLocation().search).get('against') ?? '';
  return useResult({ namespace: result.key.namespace, name: result.key.check }, against, results);
}

/** What to compare with: one click for the last good one, the list for any other. */
export function ComparisonChoice({
  result,
  results,
  compared,
}: {
  result: ProbeResult;
  results: readonly ProbeResult[] | undefined;
  compared: NamedResult;
}): ReactNode {
  const words = useWords();
  const lastGood = useLastGood(result);
  const chosen = compared.result === undefined ? '' : resultName(compared.result.key);
  const choices = (results ?? []).filter((one) => !isSame(one, result));
  const known = choices.slice(0, CHOICES_MAX);
  const other = compared.result;
  const several = known.some(({ key }) => key.location !== result.key.location);
  if (other !== undefined && !known.includes(other)) known.push(other);
  return (
    <p className="comparison-choice">
      <label className="select small">
        <span className="quiet">{words.comparison.choose}</span>
        <select value={chosen} onChange={(event) => setSearch({ against: event.target.value })}>
          <option value="">–</option>
          {known.map((one) => (
            <option key={resultName(one.key)} value={resultName(one.key)}>
              {optionText(one, words.statuses[one.status], words.locale, several)}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="button small"
        disabled={lastGood.busy}
        aria-busy={lastGood.busy}
        onClick={() => void lastGood.choose()}
      >
        {words.comparison.lastGood}
      </button>
      {compared.named && (
        <button
          type="button"
          className="button small plain"
          onClick={() => setSearch({ against: undefined })}
        >
          {words.comparison.end}
        </button>
      )}
      <span role="status" className="quiet">
        {lastGood.missing ? words.comparison.noGood : compared.gone ? words.result.gone : ''}
      </span>
    </p>
  );
}

export function ResultComparison({
  result,
  other,
  scaleMs,
}: {
  result: ProbeResult;
  other: ProbeResult;
  scaleMs: number;
}): ReactNode {
  const words = useWords();
  const differences = differencesOf(result, other);
  const longerMs = result.totalMs - other.totalMs;
  const by = figureText(latencyFigure(Math.abs(longerMs)));
  return (
    <section className="comparison" aria-label={words.comparison.title}>
      <h3>
        <Clock atMs={other.key.plannedAtMs} seconds />
        <StateMark mark={markOfStatus(other.status)} size={10} />
        {words.statuses[other.status]} <Latency ms={other.totalMs} />
        <span className="quiet">
          {words.comparison.this}: {words.comparison[longerMs >= 0 ? 'slower' : 'faster'](by)}
        </span>
      </h3>
      <Waterfall result={other} scaleMs={scaleMs} />
      {differences.length === 0 && <p className="quiet">{words.comparison.same}</p>}
      {differences.length > 0 && (
        <table className="differences">
          <caption>{words.comparison.differ(differences.length)}</caption>
          <thead>
            <tr>
              <th scope="col">{words.comparison.fact}</th>
              <th scope="col">{words.comparison.this}</th>
              <th scope="col">{words.comparison.other}</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ fact, one, other: theirs }) => (
              <tr key={fact}>
                <th scope="row">{fact}</th>
                <td>{one === undefined ? <span className="absent">–</span> : <b>{one}</b>}</td>
                <td>{theirs ?? <span className="absent">–</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Asked for when it is wanted: most results are never compared. */
function useLastGood(result: ProbeResult) {
  const { namespace, check, plannedAtMs } = result.key;
  const [busy, setBusy] = useState(false);
  const [missingFor, setMissingFor] = useState<number>();
  const choose = async (): Promise<void> => {
    setBusy(true);
    const query = `/results?from=0&to=${plannedAtMs}&status=up&limit=1`;
    const path = checkApiPath(namespace, check, query);
    const answer = await getJson<ResultList>(path, new AbortController().signal);
    setBusy(false);
    const found = answer.ok ? answer.value.results[0] : undefined;
    setMissingFor(found === undefined ? plannedAtMs : undefined);
    if (found === undefined) return;
    setSearch({ run: resultName(result.key), against: resultName(found.key) });
  };
  return { busy, choose, missing: missingFor === plannedAtMs };
}

function optionText(
  { key, totalMs }: ProbeResult,
  status: string,
  locale: string,
  several: boolean,
): string {
  const time = clockText(key.plannedAtMs, Date.now(), locale, true);
  const place = several ? ` · ${key.location}` : '';
  return `${time}${place} · ${status} · ${figureText(latencyFigure(totalMs))}`;
}
