// The runs of a range as one bar for each bucket, on the same axis as the chart below it. One tab
// stop; the arrow keys move along, Enter opens a result of the bar.

import type { LatencyBucket, LatencySeries } from '@holdfast/resources/api';
import { type CSSProperties, type KeyboardEvent, type ReactNode, useRef } from 'react';
import type { Words } from '../words/en.ts';
import { useWords } from '../words/use-words.ts';
import { bucketRun, type ChartRows } from './chart-rows.ts';
import { clockText } from './moments.ts';

interface RunStripProps {
  series: LatencySeries;
  span: { fromMs: number; toMs: number };
  rows: ChartRows;
  /** Row under the crosshair. */
  hover: number | undefined;
  setHover: (place: number | undefined) => void;
  pick: (bucket: LatencyBucket) => void;
  shownAtMs: number | undefined;
}

export function RunStrip({
  series,
  span,
  rows,
  hover,
  setHover,
  pick,
  shownAtMs,
}: RunStripProps): ReactNode {
  const words = useWords();
  const strip = useRef<HTMLFieldSetElement>(null);
  const lastStop = rows.buckets.reduce<number>(
    (last, bucket, place) => (bucket === null ? last : place),
    -1,
  );
  const share = (ms: number): string =>
    `${(100 * Math.max(0, Math.min(1, (ms - span.fromMs) / (span.toMs - span.fromMs)))).toFixed(3)}%`;
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const bars = [...(strip.current?.querySelectorAll('button') ?? [])];
    const focused = document.activeElement;
    const at = focused instanceof HTMLButtonElement ? bars.indexOf(focused) : -1;
    if (step === 0 || at < 0) return;
    bars[at + step]?.focus();
    event.preventDefault();
  };
  return (
    <fieldset
      className="strip"
      ref={strip}
      aria-label={words.check.history}
      onKeyDown={onKeyDown}
      onPointerLeave={() => setHover(undefined)}
    >
      {rows.buckets.map((bucket, place) =>
        bucket === null ? null : (
          <button
            key={bucket.startMs}
            type="button"
            className={`strip-bar strip-${bucketRun(bucket)}`}
            data-hover={place === hover}
            data-shown={
              shownAtMs !== undefined &&
              shownAtMs >= bucket.startMs &&
              shownAtMs < bucket.startMs + series.stepMs
            }
            tabIndex={place === lastStop ? 0 : -1}
            aria-label={barText(bucket, words)}
            style={
              {
                left: share(bucket.startMs),
                right: `calc(100% - ${share(bucket.startMs + series.stepMs)})`,
                '--bad': badShare(bucket),
              } as CSSProperties
            }
            onClick={() => pick(bucket)}
            onPointerEnter={() => setHover(place)}
            onFocus={() => setHover(place)}
            onBlur={() => setHover(undefined)}
          />
        ),
      )}
    </fieldset>
  );
}

/** How much of a bar is red: as much as failed, but never too little to be seen. */
function badShare(bucket: LatencyBucket): string {
  const bad = bucket.down + bucket.timeout;
  return `${Math.max(16, Math.round((100 * bad) / Math.max(1, bad + bucket.up)))}%`;
}

function barText(bucket: LatencyBucket, words: Words): string {
  const bad = bucket.down + bucket.timeout;
  const parts = [
    clockText(bucket.startMs, Date.now(), words.locale, true),
    words.check.runsCount(bucket.up + bad + bucket.invalid),
  ];
  if (bad > 0) parts.push(words.check.failures(bad));
  if (bucket.invalid > 0) parts.push(words.check.invalids(bucket.invalid));
  return parts.join(', ');
}
