// How uPlot is to draw the latency chart: axes, series, bands, and what is drawn by hand on its
// canvas (alerts behind, failures and the chosen result in front). Colours come from the tokens.

import type { AlertRecord } from '@holdfast/resources/alert-record';
import type { LatencyBucket } from '@holdfast/resources/api';
import type uPlot from 'uplot';
import {
  AXIS_PX,
  CHART_HEIGHT_PX,
  drawTriangle,
  RIGHT_PX,
  timeLabels,
  tokenReader,
} from './chart-ink.ts';
import { bucketRun, type ChartRows, lonePlaces } from './chart-rows.ts';
import type { EarlierRows } from './earlier-range.ts';
import { tickText } from './figures.ts';

const DRAG_PX_MIN = 5;

export interface LatencyChartProps {
  rows: ChartRows;
  /** The range that lies under this one, row by row; absent when none was asked for. */
  earlier?: EarlierRows | undefined;
  span: { fromMs: number; toMs: number };
  alerts: readonly AlertRecord[];
  /** Row under the crosshair, shared with the strip. */
  hover: number | undefined;
  setHover: (place: number | undefined) => void;
  pick: (bucket: LatencyBucket) => void;
  zoom: (fromMs: number, toMs: number) => void;
  zoomBack: () => void;
  shownAtMs: number | undefined;
  label: string;
}

type Told = () => LatencyChartProps;

export function chartOptions(told: Told, element: HTMLElement, locale: string): uPlot.Options {
  const ink = tokenReader(element);
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = {
    stroke: ink('--ink-3'),
    font,
    grid: { stroke: ink('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: CHART_HEIGHT_PX,
    padding: [10, RIGHT_PX, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7, width: 2 },
      drag: { x: true, y: false, setScale: false, dist: DRAG_PX_MIN },
      bind: { dblclick: () => () => zoomBack(told) },
    },
    scales: {
      x: { time: true, range: () => [told().span.fromMs / 1000, told().span.toMs / 1000] },
      y: { range: (_chart, _min, max) => [0, (max ?? 1) * 1.12 || 1] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        gap: 4,
        space: 84,
        values: (_chart, splits, _axis, _space, step) => timeLabels(splits, step, locale),
      },
      {
        ...axis,
        size: AXIS_PX,
        gap: 8,
        space: 38,
        values: (_chart, splits) =>
          told().rows.p50Ms.some((ms) => ms !== null) ? splits.map(tickText) : splits.map(() => ''),
      },
    ],
    series: seriesOf(ink),
    bands: [
      { series: [1, 2], fill: ink('--chart-band-99') },
      { series: [2, 3], fill: ink('--chart-band-95') },
    ],
    hooks: {
      ready: [(chart) => listenToClicks(chart, told)],
      setSelect: [(chart) => zoomTo(chart, told)],
      setCursor: [
        (chart) =>
          told().setHover(
            chart.cursor.left !== undefined && chart.cursor.left >= 0
              ? (chart.cursor.idx ?? undefined)
              : undefined,
          ),
      ],
      drawClear: [(chart) => drawAlerts(chart, told(), ink)],
      draw: [(chart) => drawMarks(chart, told(), ink)],
    },
  };
}

function seriesOf(ink: (token: string) => string): uPlot.Series[] {
  const lone = (chart: uPlot, series: number): number[] =>
    lonePlaces([...(chart.data[series] ?? [])].map((value) => value ?? null));
  return [
    {},
    { stroke: ink('--chart-99'), width: 1, points: { show: true, size: 3, filter: lone } },
    { stroke: ink('--chart-95'), width: 1, points: { show: true, size: 3, filter: lone } },
    { stroke: ink('--chart-50'), width: 1.75, points: { show: true, size: 4, filter: lone } },
    { stroke: ink('--chart-earlier'), width: 1, dash: [2, 3], points: { show: false } },
    { stroke: ink('--chart-earlier'), width: 1.5, dash: [6, 4], points: { show: false } },
  ];
}

/** uPlot's own double-click would scale the axes instead. */
function zoomBack(told: Told): null {
  told().zoomBack();
  return null;
}

function listenToClicks(chart: uPlot, told: Told): void {
  chart.over.addEventListener('click', () => {
    const bucket = told().rows.buckets[chart.cursor.idx ?? -1];
    if (chart.select.width < DRAG_PX_MIN && bucket !== null && bucket !== undefined)
      told().pick(bucket);
  });
}

function zoomTo(chart: uPlot, told: Told): void {
  const { left, width } = chart.select;
  if (width < DRAG_PX_MIN) return;
  told().zoom(chart.posToVal(left, 'x') * 1000, chart.posToVal(left + width, 'x') * 1000);
  // The click that ends a drag comes after this and must still see that it was one.
  window.setTimeout(() => chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false), 0);
}

function drawAlerts(
  chart: uPlot,
  { alerts, span }: LatencyChartProps,
  ink: (token: string) => string,
): void {
  const { ctx, bbox } = chart;
  for (const alert of alerts) {
    const endMs = alert.recoveredAtMs ?? span.toMs;
    if (endMs < span.fromMs || alert.sinceMs > span.toMs) continue;
    const from = chart.valToPos(Math.max(alert.sinceMs, span.fromMs) / 1000, 'x', true);
    const to = chart.valToPos(Math.min(endMs, span.toMs) / 1000, 'x', true);
    ctx.fillStyle = ink('--down-wash');
    ctx.fillRect(from, bbox.top, Math.max(1, to - from), bbox.height);
    if (alert.firedAtMs < span.fromMs || alert.firedAtMs > span.toMs) continue;
    ctx.fillStyle = ink('--down');
    ctx.fillRect(
      chart.valToPos(alert.firedAtMs / 1000, 'x', true),
      bbox.top,
      window.devicePixelRatio,
      bbox.height,
    );
  }
}

function drawMarks(
  chart: uPlot,
  { rows, shownAtMs }: LatencyChartProps,
  ink: (token: string) => string,
): void {
  const { ctx, bbox } = chart;
  const scale = window.devicePixelRatio;
  if (shownAtMs !== undefined) {
    const x = Math.round(chart.valToPos(shownAtMs / 1000, 'x', true));
    ctx.fillStyle = ink('--accent');
    if (x >= bbox.left && x <= bbox.left + bbox.width)
      ctx.fillRect(x, bbox.top, scale, bbox.height);
  }
  const foot = bbox.top + bbox.height - 2 * scale;
  rows.buckets.forEach((bucket, place) => {
    const run = bucket === null ? 'up' : bucketRun(bucket);
    const x = chart.valToPos(rows.atS[place] ?? 0, 'x', true);
    if (run === 'up' || x < bbox.left || x > bbox.left + bbox.width) return;
    if (run === 'invalid') drawRing(ctx, x, foot - 3 * scale, 3 * scale, ink('--unknown'));
    else drawTriangle(ctx, x, foot, (run === 'some' ? 2.5 : 3.5) * scale, ink('--down'));
  });
}

function drawRing(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  colour: string,
): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = window.devicePixelRatio;
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.stroke();
}
