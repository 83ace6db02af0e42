// Latency over time: the median as a line, up to p95 and p99 as bands, failed buckets marked at the
// foot, alerts shaded. A gap is a gap. Drag zooms, double-click goes back, a click opens a result.
// uPlot draws; this only says what. Loaded when a check is looked at, never before.

import 'uplot/dist/uPlot.min.css';
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useTheme } from '../app/preferences.ts';
import { useWords } from '../words/use-words.ts';
import { CHART_HEIGHT_PX } from './chart-ink.ts';
import { chartOptions, type LatencyChartProps } from './chart-options.ts';
import { useMedia } from './use-size.ts';

export function LatencyChart(props: LatencyChartProps): ReactNode {
  const words = useWords();
  const theme = useTheme();
  const dark = useMedia('(prefers-color-scheme: dark)');
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: theme and its default change the colours that are read.
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const made = new uPlot(
      chartOptions(() => latest.current, element, words.locale),
      columnsOf(latest.current),
      element,
    );
    chart.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: CHART_HEIGHT_PX }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [theme, dark, words.locale]);
  const { rows, earlier, span, alerts, shownAtMs, hover } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: all of them are drawn, through `latest`.
  useEffect(() => {
    chart.current?.setData(columnsOf(latest.current), true);
  }, [rows, earlier, span.fromMs, span.toMs, alerts, shownAtMs]);
  useEffect(() => {
    const made = chart.current;
    if (made === undefined || made.cursor.idx === hover) return;
    const atS = hover === undefined ? undefined : rows.atS[hover];
    made.setCursor(
      atS === undefined ? { left: -10, top: -10 } : { left: made.valToPos(atS, 'x'), top: 10 },
      false,
    );
  }, [hover, rows]);
  return <div className="chart" ref={frame} role="img" aria-label={props.label} />;
}

function columnsOf({ rows, earlier }: LatencyChartProps): uPlot.AlignedData {
  const none = rows.atS.map(() => null);
  return [
    rows.atS,
    rows.p99Ms,
    rows.p95Ms,
    rows.p50Ms,
    earlier?.p95Ms ?? none,
    earlier?.p50Ms ?? none,
  ];
}
