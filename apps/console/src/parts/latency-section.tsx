// How a check went over the chosen range: a strip of its runs and its latency on the same time axis,
// with one crosshair. Every bar and point leads to a result; the newest bad one first.

import type { AlertRecord } from '@holdfast/resources/alert-record';
import type {
  CheckSummary,
  LatencyBucket,
  LatencySeries,
  ResultList,
} from '@holdfast/resources/api';
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState } from 'react';
import { checkApiPath, getJson } from '../api/client.ts';
import { useAnswer } from '../api/use-answer.ts';
import { setSearch, useLocation } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { chartRows, pointsFor } from './chart-rows.ts';
import { Latency } from './figure-text.tsx';
import { clockText, intervalText } from './moments.ts';
import { FailureNote } from './notes.tsx';
import { RunStrip } from './run-strip.tsx';
import { StateMark } from './state-mark.tsx';
import { parseTimeRange, timeRangeParameters, zoomTimeRange } from './time-range.ts';

/** Loaded when a check is looked at: the chart library is no part of the first load. */
const LatencyChart = lazy(() =>
  import('./latency-chart.tsx').then((module) => ({ default: module.LatencyChart })),
);

/** Buckets hold this many results at most when one is chosen from them. */
const BUCKET_RESULTS_MAX = 500;

interface LatencySectionProps {
  check: CheckSummary;
  span: { fromMs: number; toMs: number };
  version: number;
  alerts: readonly AlertRecord[];
  shownAtMs: number | undefined;
}

export function LatencySection({
  check,
  span,
  version,
  alerts,
  shownAtMs,
}: LatencySectionProps): ReactNode {
  const words = useWords();
  const { search } = useLocation();
  const [hover, setHover] = useState<number>();
  const points = pointsFor(span.fromMs, span.toMs, check.intervalMs);
  const path = checkApiPath(
    check.namespace,
    check.name,
    `/latency?from=${span.fromMs}&to=${span.toMs}&points=${points}`,
  );
  const asked = useAnswer<LatencySeries>(path, `${check.namespace}/${check.name}`, version);
  const rows = useMemo(
    () => (asked.data === undefined ? undefined : chartRows(asked.data)),
    [asked.data],
  );
  const pick = useCallback(
    (bucket: LatencyBucket) => void pickResult(check.namespace, check.name, bucket),
    [check.namespace, check.name],
  );
  const zoom = useCallback(
    (fromMs: number, toMs: number) =>
      setSearch(timeRangeParameters(zoomTimeRange(rangeNow(), fromMs, toMs))),
    [],
  );
  const zoomBack = useCallback(
    () => setSearch(timeRangeParameters({ relative: rangeNow().relative })),
    [],
  );
  return (
    <section className="latency">
      <header className="section-head">
        <h2>{words.check.latency}</h2>
        {hover === undefined || rows?.buckets[hover] === undefined ? (
          <Legend />
        ) : (
          <Readout bucket={rows.buckets[hover]} />
        )}
        {parseTimeRange(new URLSearchParams(search)).fixed !== undefined && (
          <button type="button" className="button small" onClick={zoomBack}>
            {words.check.zoomBack}
          </button>
        )}
      </header>
      {asked.failure !== undefined && (
        <FailureNote failure={asked.failure} retry={asked.retry} busy={asked.busy} />
      )}
      <div className="latency-body">
        {rows !== undefined && asked.data !== undefined && (
          <>
            <RunStrip
              series={asked.data}
              span={asked.data}
              hover={hover}
              setHover={setHover}
              rows={rows}
              pick={pick}
              shownAtMs={shownAtMs}
            />
            <Suspense fallback={null}>
              <LatencyChart
                rows={rows}
                span={asked.data}
                alerts={alerts}
                hover={hover}
                setHover={setHover}
                pick={pick}
                zoom={zoom}
                zoomBack={zoomBack}
                shownAtMs={shownAtMs}
                label={words.check.latency}
              />
            </Suspense>
            {!rows.p50Ms.some((ms) => ms !== null) && (
              <p className="latency-none">
                {asked.data.buckets.length === 0 ? words.check.noRuns : words.check.noLatency}
              </p>
            )}
          </>
        )}
      </div>
      <p className="latency-foot quiet">
        {asked.data !== undefined &&
          words.check.oneBar(intervalText(asked.data.stepMs, words.span))}
        <span>{words.check.zoomHint}</span>
      </p>
    </section>
  );
}

function Legend(): ReactNode {
  const words = useWords();
  return (
    <p className="legend">
      <span className="legend-p50">p50</span>
      <span className="legend-p95">p95</span>
      <span className="legend-p99">p99</span>
      <span>
        <StateMark mark="down" size={9} /> {words.statuses.down}
      </span>
      <span>
        <StateMark mark="unknown" size={9} /> {words.statuses.invalid}
      </span>
    </p>
  );
}

function Readout({ bucket }: { bucket: LatencyBucket | null | undefined }): ReactNode {
  const words = useWords();
  if (bucket === null || bucket === undefined)
    return <p className="legend">{words.check.noRuns}</p>;
  const bad = bucket.down + bucket.timeout;
  return (
    <p className="legend readout">
      <span>
        {clockText(bucket.startMs, Date.now(), words.locale, true)}{' '}
        {words.check.runsCount(bucket.up + bad + bucket.invalid)}
      </span>
      <span className="legend-p50">
        p50 <Latency ms={bucket.p50Ms} />
      </span>
      <span className="legend-p95">
        p95 <Latency ms={bucket.p95Ms} />
      </span>
      <span className="legend-p99">
        p99 <Latency ms={bucket.p99Ms} />
      </span>
      {bad > 0 && (
        <span className="bad">
          <StateMark mark="down" size={9} /> {words.check.failures(bad)}
        </span>
      )}
      {bucket.invalid > 0 && <span>{words.check.invalids(bucket.invalid)}</span>}
    </p>
  );
}

function rangeNow(): ReturnType<typeof parseTimeRange> {
  return parseTimeRange(new URLSearchParams(window.location.search));
}

/** From a bucket to one result: the newest that failed if any did, else the slowest. */
async function pickResult(namespace: string, name: string, bucket: LatencyBucket): Promise<void> {
  const path = checkApiPath(
    namespace,
    name,
    `/results?from=${bucket.startMs}&to=${bucket.startMs + bucket.stepMs}&limit=${BUCKET_RESULTS_MAX}`,
  );
  const answer = await getJson<ResultList>(path, new AbortController().signal);
  if (!answer.ok) return;
  const { results } = answer.value;
  const bad = results.find((result) => result.status === 'down' || result.status === 'timeout');
  const slowest = [...results].sort((a, b) => b.totalMs - a.totalMs)[0];
  const chosen = bad ?? slowest;
  if (chosen !== undefined) setSearch({ run: String(chosen.key.plannedAtMs) });
}
