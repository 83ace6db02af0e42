// The line above a chart: what its colours mean, or what stands under the crosshair.

import type { LatencyBucket } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Latency } from './figure-text.tsx';
import type { HeatCell } from './heat-map-layout.ts';
import { clockText, intervalText } from './moments.ts';
import { StateMark } from './state-mark.tsx';

export function Legend({ compared }: { compared: boolean }): ReactNode {
  const words = useWords();
  return (
    <p className="legend">
      <span className="legend-p50">p50</span>
      <span className="legend-p95">p95</span>
      <span className="legend-p99">p99</span>
      {compared && <span className="legend-earlier">{words.heat.earlier}</span>}
      <span>
        <StateMark mark="down" size={9} /> {words.statuses.down}
      </span>
      <span>
        <StateMark mark="unknown" size={9} /> {words.statuses.invalid}
      </span>
    </p>
  );
}

/** The scale of the heat map, from one run to the fullest cell. */
export function HeatLegend({ most }: { most: number }): ReactNode {
  const words = useWords();
  return (
    <p className="legend">
      <span className="heat-scale">
        {words.check.runsCount(1)} <i aria-hidden="true" /> {most}
      </span>
      <span>
        <StateMark mark="down" size={9} /> {words.heat.failedRuns}
      </span>
    </p>
  );
}

export function CellReadout({ cell, stepMs }: { cell: HeatCell; stepMs: number }): ReactNode {
  const words = useWords();
  return (
    <p className="legend readout">
      <span>
        {clockText(cell.startMs, Date.now(), words.locale, true)} +
        {intervalText(stepMs, words.span)}
      </span>
      <span>
        <Latency ms={cell.aboveMs} /> –{' '}
        <Latency ms={Number.isFinite(cell.toMs) ? cell.toMs : undefined} />
      </span>
      <span>{words.check.runsCount(cell.count)}</span>
      {cell.failed > 0 && (
        <span className="bad">
          <StateMark mark="down" size={9} /> {words.check.failures(cell.failed)}
        </span>
      )}
    </p>
  );
}

export function Readout({
  bucket,
  earlierMs,
}: {
  bucket: LatencyBucket | null | undefined;
  /** The median of the same place in the earlier range. */
  earlierMs: number | null | undefined;
}): ReactNode {
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
      {earlierMs !== null && earlierMs !== undefined && (
        <span className="legend-earlier">
          {words.heat.earlier} <Latency ms={earlierMs} />
        </span>
      )}
      {bad > 0 && (
        <span className="bad">
          <StateMark mark="down" size={9} /> {words.check.failures(bad)}
        </span>
      )}
      {bucket.invalid > 0 && <span>{words.check.invalids(bucket.invalid)}</span>}
    </p>
  );
}
