// How a check went over the chosen range: a strip of its runs and its latency on the same time axis,
// as lines or as a heat map, with one crosshair. Every bar, point and cell leads to a result; the
// newest bad one first.

import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { CheckSummary, HeatMap as HeatMapData, LatencySeries } from '@holdfast/resources/api';
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState } from 'react';
import { checkApiPath } from '../api/client.ts';
import { useAnswer } from '../api/use-answer.ts';
import { setSearch, useLocation } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { ChartChoices, parseChartView } from './chart-choices.tsx';
import { type ChartRows, chartRows, pointsFor } from './chart-rows.ts';
import { backOf, type EarlierRows, earlierRows, parseComparison } from './earlier-range.ts';
import { type HeatCell, heatRows } from './heat-map-layout.ts';
import { CellReadout, HeatLegend, Legend, Readout } from './latency-readout.tsx';
import { intervalText } from './moments.ts';
import { FailureNote } from './notes.tsx';
import { pickResult, type Stretch } from './pick-result.ts';
import { RunStrip } from './run-strip.tsx';
import { parseTimeRange, timeRangeParameters, zoomTimeRange } from './time-range.ts';

/** Loaded when a check is looked at: no chart is part of the first load. */
const LatencyChart = lazy(() =>
  import('./latency-chart.tsx').then((module) => ({ default: module.LatencyChart })),
);
const HeatMap = lazy(() =>
  import('./heat-map.tsx').then((module) => ({ default: module.HeatMap })),
);

interface LatencySectionProps {
  check: CheckSummary;
  span: { fromMs: number; toMs: number };
  version: number;
  alerts: readonly AlertRecord[];
  shownAtMs: number | undefined;
}

export function LatencySection(props: LatencySectionProps): ReactNode {
  const { check, span, version, alerts, shownAtMs } = props;
  const words = useWords();
  const parameters = new URLSearchParams(useLocation().search);
  const view = parseChartView(parameters);
  const [hover, setHover] = useState<number>();
  const [cell, setCell] = useState<HeatCell>();
  const { asked, rows, earlier } = useLatency(check, span, version);
  const heat = useHeatMap(check, span, version, view === 'heat');
  const pick = useCallback(
    (stretch: Stretch) => void pickResult(check.namespace, check.name, stretch),
    [check.namespace, check.name],
  );
  const series = asked.data;
  return (
    <section className="latency">
      <header className="section-head">
        <h2>{words.check.latency}</h2>
        {check.locations !== undefined && <span className="quiet">{words.places.all}</span>}
        {parseTimeRange(parameters).fixed !== undefined && (
          <button type="button" className="button small" onClick={zoomBack}>
            {words.check.zoomBack}
          </button>
        )}
        <ChartChoices />
      </header>
      <div className="latency-legend">
        {view === 'heat' && cell !== undefined && heat.data !== undefined ? (
          <CellReadout cell={cell} stepMs={heat.data.stepMs} />
        ) : hover !== undefined && rows?.buckets[hover] !== undefined ? (
          <Readout bucket={rows.buckets[hover]} earlierMs={earlier?.p50Ms[hover]} />
        ) : view === 'heat' ? (
          <HeatLegend most={heat.rows?.most ?? 1} />
        ) : (
          <Legend compared={earlier !== undefined} />
        )}
      </div>
      {asked.failure !== undefined && (
        <FailureNote failure={asked.failure} retry={asked.retry} busy={asked.busy} />
      )}
      <div className="latency-body">
        {rows !== undefined && series !== undefined && (
          <>
            <RunStrip
              series={series}
              span={series}
              hover={hover}
              setHover={setHover}
              rows={rows}
              pick={pick}
              shownAtMs={shownAtMs}
            />
            <Suspense fallback={null}>
              {view === 'lines' && (
                <LatencyChart
                  rows={rows}
                  earlier={earlier}
                  span={series}
                  alerts={alerts}
                  hover={hover}
                  setHover={setHover}
                  pick={pick}
                  zoom={zoom}
                  zoomBack={zoomBack}
                  shownAtMs={shownAtMs}
                  label={words.check.latency}
                />
              )}
              {view === 'heat' && heat.data !== undefined && heat.rows !== undefined && (
                <HeatMap
                  heat={heat.data}
                  rows={heat.rows}
                  hoverAtMs={hover === undefined ? undefined : (rows.atS[hover] ?? 0) * 1000}
                  setHoverAt={(atMs) => setHover(placeAt(series, rows, atMs))}
                  setCell={setCell}
                  pick={(picked) => pick(stretchOf(picked, heat.data?.stepMs ?? series.stepMs))}
                  shownAtMs={shownAtMs}
                />
              )}
            </Suspense>
            {!rows.p50Ms.some((ms) => ms !== null) && (
              <p className="latency-none">
                {series.buckets.length === 0 ? words.check.noRuns : words.check.noLatency}
              </p>
            )}
          </>
        )}
      </div>
      <p className="latency-foot quiet">
        {series !== undefined && words.check.oneBar(intervalText(series.stepMs, words.span))}
        {view === 'lines' && <span>{words.check.zoomHint}</span>}
      </p>
    </section>
  );
}

function useLatency(
  check: CheckSummary,
  span: { fromMs: number; toMs: number },
  version: number,
): {
  asked: ReturnType<typeof useAnswer<LatencySeries>>;
  rows: ChartRows | undefined;
  earlier: EarlierRows | undefined;
} {
  const comparison = parseComparison(new URLSearchParams(useLocation().search));
  const backMs = comparison === undefined ? undefined : backOf(comparison, span);
  const key = `${check.namespace}/${check.name}`;
  const path = (back: number): string => {
    const points = pointsFor(span.fromMs, span.toMs, check.intervalMs);
    const range = `from=${span.fromMs - back}&to=${span.toMs - back}&points=${points}`;
    return checkApiPath(check.namespace, check.name, `/latency?${range}`);
  };
  const asked = useAnswer<LatencySeries>(path(0), key, version);
  const then = useAnswer<LatencySeries>(
    backMs === undefined ? undefined : path(backMs),
    `${key} ${comparison ?? ''}`,
  );
  const rows = useMemo(
    () => (asked.data === undefined ? undefined : chartRows(asked.data)),
    [asked.data],
  );
  const earlier = useMemo(
    () =>
      rows === undefined || then.data === undefined || backMs === undefined
        ? undefined
        : earlierRows(rows, then.data, backMs),
    [rows, then.data, backMs],
  );
  return { asked, rows, earlier };
}

function useHeatMap(
  check: CheckSummary,
  span: { fromMs: number; toMs: number },
  version: number,
  wanted: boolean,
) {
  const columns = pointsFor(span.fromMs, span.toMs, check.intervalMs);
  const range = `from=${span.fromMs}&to=${span.toMs}&columns=${columns}`;
  const asked = useAnswer<HeatMapData>(
    wanted ? checkApiPath(check.namespace, check.name, `/heat-map?${range}`) : undefined,
    `${check.namespace}/${check.name}`,
    version,
  );
  const rows = useMemo(
    () => (asked.data === undefined ? undefined : heatRows(asked.data)),
    [asked.data],
  );
  return { data: asked.data, rows };
}

function placeAt(
  series: LatencySeries,
  rows: ChartRows,
  atMs: number | undefined,
): number | undefined {
  if (atMs === undefined) return undefined;
  const place = Math.floor(atMs / series.stepMs) - Math.floor(series.fromMs / series.stepMs);
  return rows.atS[place] === undefined ? undefined : place;
}

/** Of an empty cell only its time counts. */
function stretchOf({ startMs, aboveMs, toMs, count }: HeatCell, stepMs: number): Stretch {
  return count === 0 ? { startMs, stepMs } : { startMs, stepMs, latency: { aboveMs, toMs } };
}

function zoom(fromMs: number, toMs: number): void {
  setSearch(timeRangeParameters(zoomTimeRange(rangeNow(), fromMs, toMs)));
}

function zoomBack(): void {
  setSearch(timeRangeParameters({ relative: rangeNow().relative }));
}

function rangeNow(): ReturnType<typeof parseTimeRange> {
  return parseTimeRange(new URLSearchParams(window.location.search));
}
