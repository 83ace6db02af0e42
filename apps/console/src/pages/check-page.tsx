// One check, down to each of its results: the verdict with since, why and cure; how it went over a
// time range; and beside it the result that is looked at. Without a chosen one that is the newest.

import type {
  AlertList,
  CheckDetail,
  ResultList,
  StatusLatency as StatusLatencies,
} from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import { type ReactNode, useMemo } from 'react';
import { checkApiPath } from '../api/client.ts';
import { type Asked, useAnswer } from '../api/use-answer.ts';
import { useCommands } from '../app/key-commands.ts';
import { useLive } from '../app/live-store.ts';
import { Link, navigate, setSearch, useLocation } from '../app/location.tsx';
import { serverNowMs } from '../app/now.ts';
import { CHECKS_PATH } from '../app/route.ts';
import { WIDE } from '../app/top-bar.tsx';
import { CheckFigures } from '../parts/check-figures.tsx';
import { CheckPlaces } from '../parts/check-places.tsx';
import { CheckVerdict } from '../parts/check-verdict.tsx';
import { LatencySection } from '../parts/latency-section.tsx';
import { EmptyNote, FailureNote, Skeleton } from '../parts/notes.tsx';
import { parsePlace } from '../parts/places.ts';
import { RangePicker } from '../parts/range-picker.tsx';
import { ResourceView } from '../parts/resource-view.tsx';
import { parseStatusFilter, ResultListing } from '../parts/result-listing.tsx';
import { isSame, resultName } from '../parts/result-name.ts';
import { ResultPanel } from '../parts/result-panel.tsx';
import { StatusLatency } from '../parts/status-latency.tsx';
import { parseTimeRange, resolveTimeRange } from '../parts/time-range.ts';
import { useResult } from '../parts/use-result.ts';
import { useMedia } from '../parts/use-size.ts';
import { useThrottled } from '../parts/use-throttled.ts';
import { useWords } from '../words/use-words.ts';

const RESULTS_LISTED = 100;
/** Asked for when only those of one place are listed. */
const RESULTS_ASKED_MAX = 1000;
/** New results are read at most this often, however often the check runs. */
const FRESHEN_MS = 2000;

export function CheckPage({ namespace, name }: { namespace: string; name: string }): ReactNode {
  const words = useWords();
  const key = `${namespace}/${name}`;
  const live = useLive((state) => state.checks[state.places.get(key) ?? -1]);
  const reads = useLive((state) => state.reads);
  const asked = useAnswer<CheckDetail>(checkApiPath(namespace, name), key, Math.max(1, reads));
  if (asked.data !== undefined)
    return <Check detail={live === undefined ? asked.data : { ...asked.data, ...live }} />;
  if (asked.failure?.code === 'NOT_FOUND') {
    return (
      <>
        <h1 className="hidden">{words.check.notFound}</h1>
        <EmptyNote title={words.check.notFound} hint={words.check.notFoundHint}>
          <Link className="button" to={CHECKS_PATH}>
            {words.pages.checks}
          </Link>
        </EmptyNote>
      </>
    );
  }
  if (asked.failure !== undefined)
    return <FailureNote failure={asked.failure} retry={asked.retry} busy={asked.busy} />;
  return <Skeleton lines={12} />;
}

function Check({ detail }: { detail: CheckDetail }): ReactNode {
  const { namespace, name } = detail;
  const key = `${namespace}/${name}`;
  const { search } = useLocation();
  const wide = useMedia(WIDE);
  const version = useThrottled(detail.lastPlannedAtMs ?? 0, FRESHEN_MS);
  const span = useSpan(search, version);
  const place = parsePlace(search, detail.locations);
  const listed = useListed(detail, span, { status: parseStatusFilter(search), place }, version);
  const newest = useAnswer<ResultList>(
    checkApiPath(namespace, name, '/results?limit=1'),
    key,
    version,
  );
  const byStatus = useAnswer<StatusLatencies>(
    checkApiPath(namespace, name, `/latency-by-status?from=${span.fromMs}&to=${span.toMs}`),
    key,
    version,
  );
  const chosen = useResult(
    detail,
    new URLSearchParams(search).get('run') ?? '',
    listed.data?.results,
  );
  const alerts = useLive((state) => state.alertVersion);
  const told = useAnswer<AlertList>('/api/v1/alerts', 'alerts', alerts);
  const own = useMemo(
    () =>
      (told.data?.alerts ?? []).filter(
        (alert) => alert.check.namespace === namespace && alert.check.check === name,
      ),
    [told.data, namespace, name],
  );
  const latest = place === undefined ? newest.data?.results[0] : listed.data?.results[0];
  const shown = chosen.named ? chosen.result : latest;
  useResultKeys(listed.data?.results, shown, chosen.named);
  return (
    <div className="check">
      <CheckVerdict check={detail} alerts={own} />
      <CheckFigures check={detail} />
      {detail.locations !== undefined && <CheckPlaces places={detail.locations} />}
      <div className="check-columns">
        <div className="check-main">
          {!wide && <RangePicker />}
          <LatencySection
            check={detail}
            span={span}
            version={version}
            alerts={own}
            shownAtMs={shown?.key.plannedAtMs}
          />
          {byStatus.data !== undefined && <StatusLatency told={byStatus.data} />}
          <ResultListing
            listed={listed}
            shown={shown}
            places={detail.locations}
            limit={RESULTS_LISTED}
          />
        </div>
        <div className="check-side">
          <ResultPanel
            result={shown}
            results={listed.data?.results}
            several={detail.locations !== undefined}
            pinned={chosen.named}
            gone={chosen.gone}
            asked={newest}
          />
          <ResourceView detail={detail} />
        </div>
      </div>
    </div>
  );
}

/** Where the range lies; a relative one moves on with each new result. */
function useSpan(search: string, version: number): { fromMs: number; toMs: number } {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new result moves the present.
  return useMemo(
    () => resolveTimeRange(parseTimeRange(new URLSearchParams(search)), serverNowMs()),
    [rangeOf(search), version],
  );
}

function rangeOf(search: string): string {
  const parameters = new URLSearchParams(search);
  return ['range', 'from', 'to'].map((key) => parameters.get(key) ?? '').join(' ');
}

/** The API knows no places: more are asked for, and those of the wanted one are kept. */
function useListed(
  detail: CheckDetail,
  span: { fromMs: number; toMs: number },
  { status, place }: { status: string | undefined; place: string | undefined },
  version: number,
): Asked<ResultList> {
  const { namespace, name, locations } = detail;
  const share = place === undefined ? 1 : (locations?.length ?? 1);
  const limit = Math.min(RESULTS_ASKED_MAX, RESULTS_LISTED * share);
  const filter = status === undefined ? '' : `&status=${status}`;
  const range = `from=${span.fromMs}&to=${span.toMs}&limit=${limit}${filter}`;
  const path = checkApiPath(namespace, name, `/results?${range}`);
  const asked = useAnswer<ResultList>(path, `${namespace}/${name} ${status}`, version);
  return useMemo(() => {
    if (asked.data === undefined || place === undefined) return asked;
    const there = asked.data.results.filter(({ key }) => key.location === place);
    return { ...asked, data: { results: there.slice(0, RESULTS_LISTED) } };
  }, [asked, place]);
}

/** j and k step through the results; Esc lets go of the chosen one, then leaves. */
function useResultKeys(
  results: readonly ProbeResult[] | undefined,
  shown: ProbeResult | undefined,
  pinned: boolean,
): void {
  const step = (by: 1 | -1): boolean => {
    const at = results?.findIndex((result) => isSame(result, shown)) ?? -1;
    const next = results?.[at + by];
    if (next !== undefined) setSearch({ run: resultName(next.key) }, true);
    return true;
  };
  useCommands({
    next: () => step(1),
    previous: () => step(-1),
    close: () => {
      if (document.activeElement instanceof HTMLInputElement) return false;
      if (pinned) setSearch({ run: undefined });
      else navigate(CHECKS_PATH);
      return true;
    },
  });
}
