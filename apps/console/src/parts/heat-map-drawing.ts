// Puts a heat map on its canvas: axes behind, cells, then on top of them the failed runs of each
// column and the result that is looked at. Colours come from the tokens, so it is drawn anew when the
// theme changes.

import type { HeatMap } from '@holdfast/resources/api';
import { drawTriangle, timeLabels, tokenReader } from './chart-ink.ts';
import { tickText } from './figures.ts';
import { type HeatRows, heatStrength, heatTicks, timeTicks } from './heat-map-layout.ts';

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface HeatPicture {
  heat: HeatMap;
  rows: HeatRows;
  /** Of the cells, in CSS pixels within the frame. */
  box: Box;
  shownAtMs: number | undefined;
  locale: string;
}

/** Between one label and the next. */
const LABEL_PX = 84;
const LABEL_APART = 0.14;
const RIGHT_PX = 24;
const FOOT_PX = 22;

type Ink = (token: string) => string;

export function drawHeatMap(
  canvas: HTMLCanvasElement,
  frame: HTMLElement,
  picture: HeatPicture,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { box } = picture;
  const scale = window.devicePixelRatio;
  canvas.width = Math.round((box.left + box.width + RIGHT_PX) * scale);
  canvas.height = Math.round((box.top + box.height + FOOT_PX) * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const ink = tokenReader(frame);
  context.font = `11px ${getComputedStyle(frame).fontFamily}`;
  drawAxes(context, picture, ink);
  drawCells(context, picture, ink('--chart-50'));
  drawFailures(context, picture, ink);
  for (const probe of frame.querySelectorAll(':scope > i')) probe.remove();
}

function drawAxes(context: CanvasRenderingContext2D, picture: HeatPicture, ink: Ink): void {
  const { heat, rows, box, locale } = picture;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const { at, ms } of heatTicks(heat.boundsMs, rows, LABEL_APART)) {
    const y = Math.round(box.top + at * box.height);
    context.fillStyle = ink('--line');
    context.fillRect(box.left, y, box.width, 1);
    context.fillStyle = ink('--ink-3');
    context.fillText(tickText(ms), box.left - 8, y);
  }
  const offsetMs = -new Date(heat.fromMs).getTimezoneOffset() * 60_000;
  const most = Math.max(2, Math.floor(box.width / LABEL_PX));
  const { stepS, atS } = timeTicks(heat.fromMs, heat.toMs, most, offsetMs);
  context.textAlign = 'center';
  context.fillStyle = ink('--ink-3');
  timeLabels(atS, stepS, locale).forEach((label, place) => {
    context.fillText(label, xOf(picture, (atS[place] ?? 0) * 1000), box.top + box.height + 13);
  });
}

function drawCells(context: CanvasRenderingContext2D, picture: HeatPicture, colour: string): void {
  const { heat, rows, box } = picture;
  const cellPx = box.height / (rows.last - rows.first + 1);
  context.fillStyle = colour;
  for (const { startMs, counts } of heat.columns) {
    const from = Math.max(box.left, xOf(picture, startMs));
    const to = Math.min(box.left + box.width, xOf(picture, startMs + heat.stepMs));
    for (let row = rows.first; row <= rows.last; row += 1) {
      const count = counts[row] ?? 0;
      if (count === 0 || to <= from) continue;
      context.globalAlpha = heatStrength(count, rows.most);
      const top = box.top + (rows.last - row) * cellPx;
      context.fillRect(from, top, Math.max(1, to - from - 0.5), Math.max(1, cellPx - 0.5));
    }
  }
  context.globalAlpha = 1;
}

function drawFailures(context: CanvasRenderingContext2D, picture: HeatPicture, ink: Ink): void {
  const { heat, box, shownAtMs } = picture;
  const foot = box.top + box.height - 1;
  for (const { startMs, failed, counts } of heat.columns) {
    if (failed === 0) continue;
    const some = counts.some((count) => count > 0);
    const x = xOf(picture, startMs + heat.stepMs / 2);
    if (x < box.left || x > box.left + box.width) continue;
    context.lineWidth = 2;
    context.strokeStyle = ink('--page');
    drawTriangle(context, x, foot, some ? 3 : 4, ink('--down'));
  }
  if (shownAtMs === undefined || shownAtMs < heat.fromMs || shownAtMs > heat.toMs) return;
  context.fillStyle = ink('--accent');
  context.fillRect(Math.round(xOf(picture, shownAtMs)), box.top, 1, box.height);
}

function xOf({ heat, box }: HeatPicture, atMs: number): number {
  return box.left + (box.width * (atMs - heat.fromMs)) / (heat.toMs - heat.fromMs);
}
