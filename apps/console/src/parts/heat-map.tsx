// Where runs lie in time and latency, when a line would lie: a cell for each stretch of both, the
// stronger the more runs, and marks for those that failed. Drawn on a canvas, on the axis of the strip
// above it; pointer and crosshair are the strip's too. The keyboard's way to the results is the strip.

import type { HeatMap as HeatMapData } from '@holdfast/resources/api';
import { type PointerEvent, type ReactNode, useLayoutEffect, useRef } from 'react';
import { useTheme } from '../app/preferences.ts';
import { useWords } from '../words/use-words.ts';
import { AXIS_PX, CHART_HEIGHT_PX, RIGHT_PX } from './chart-ink.ts';
import { drawHeatMap } from './heat-map-drawing.ts';
import { type HeatCell, type HeatRows, heatCellAt } from './heat-map-layout.ts';
import { useMedia, useSize } from './use-size.ts';

const FOOT_PX = 22;
const TOP_PX = 10;

interface HeatMapProps {
  heat: HeatMapData;
  rows: HeatRows;
  /** Where the crosshair stands, shared with the strip. */
  hoverAtMs: number | undefined;
  setHoverAt: (atMs: number | undefined) => void;
  setCell: (cell: HeatCell | undefined) => void;
  pick: (cell: HeatCell) => void;
  shownAtMs: number | undefined;
}

export function HeatMap(props: HeatMapProps): ReactNode {
  const { heat, rows, hoverAtMs, setHoverAt, setCell, pick, shownAtMs } = props;
  const words = useWords();
  const theme = useTheme();
  const dark = useMedia('(prefers-color-scheme: dark)');
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame, heat);
  const widthPx = Math.max(1, (size?.widthPx ?? 0) - AXIS_PX - RIGHT_PX);
  const heightPx = CHART_HEIGHT_PX - FOOT_PX - TOP_PX;
  // biome-ignore lint/correctness/useExhaustiveDependencies: theme and its default change the colours that are read.
  useLayoutEffect(() => {
    if (canvas.current === null || frame.current === null || size === undefined) return;
    const box = { left: AXIS_PX, top: TOP_PX, width: widthPx, height: heightPx };
    drawHeatMap(canvas.current, frame.current, {
      heat,
      rows,
      box,
      shownAtMs,
      locale: words.locale,
    });
  }, [heat, rows, size, widthPx, heightPx, shownAtMs, words.locale, theme, dark]);
  const cellAt = (event: PointerEvent<HTMLElement> | React.MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const across = (event.clientX - box.left) / box.width;
    const down = (event.clientY - box.top) / box.height;
    return { across, cell: heatCellAt(heat, rows, across, down) };
  };
  const spanMs = heat.toMs - heat.fromMs;
  return (
    <div className="heat" ref={frame}>
      <canvas ref={canvas} role="img" aria-label={words.heat.label} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the strip above is the same for the keyboard. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above. */}
      <div
        className="heat-over"
        style={{ left: AXIS_PX, top: TOP_PX, width: widthPx, height: heightPx }}
        onPointerMove={(event) => {
          const { across, cell } = cellAt(event);
          setHoverAt(heat.fromMs + across * spanMs);
          setCell(cell);
        }}
        onPointerLeave={() => {
          setHoverAt(undefined);
          setCell(undefined);
        }}
        onClick={(event) => {
          const { cell } = cellAt(event);
          if (cell !== undefined) pick(cell);
        }}
      >
        {hoverAtMs !== undefined && (
          <i
            className="heat-cross"
            style={{ left: `${((100 * (hoverAtMs - heat.fromMs)) / spanMs).toFixed(3)}%` }}
          />
        )}
      </div>
    </div>
  );
}
