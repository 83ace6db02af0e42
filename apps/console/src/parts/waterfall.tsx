// The phases of one result on one ruler, redirects stacked: see waterfall-layout.ts. Numbers are
// aligned right; a phase that did not happen has no row.

// biome-ignore-all lint/a11y/useSemanticElements: rows laid out as a grid take its meaning from a real table.
// biome-ignore-all lint/a11y/useFocusableInteractive: what is used stands inside the cells.

import type { ProbeResult } from '@holdfast/resources/result';
import { type ReactNode, useMemo } from 'react';
import { useWords } from '../words/use-words.ts';
import { Latency } from './figure-text.tsx';
import { figureText, latencyFigure, tickText } from './figures.ts';
import { StateMark } from './state-mark.tsx';
import {
  type Waterfall as Layout,
  layoutWaterfall,
  type WaterfallHop,
  type WaterfallPhase,
} from './waterfall-layout.ts';

/** What happened in no time at all is still there. */
const WIDTH_PX_MIN = 2;

/** `scaleMs`: the length of a ruler that is shared with another result. */
export function Waterfall({
  result,
  scaleMs = 0,
}: {
  result: ProbeResult;
  scaleMs?: number;
}): ReactNode {
  const words = useWords();
  const layout = useMemo(() => layoutWaterfall(result, scaleMs), [result, scaleMs]);
  if (layout.hops.length === 0)
    return <p className="waterfall-none quiet">{words.result.noPhases}</p>;
  return (
    <div className="waterfall" role="table" aria-label={words.check.latency}>
      <Ruler layout={layout} />
      {layout.hops.map((hop) => (
        <Hop
          key={hop.hop}
          hop={hop}
          alone={layout.hops.length === 1}
          last={hop === layout.hops.at(-1)}
          layout={layout}
        />
      ))}
      <div className="waterfall-row waterfall-total" role="row">
        <span role="rowheader">{words.result.total}</span>
        <span role="cell" />
        <span role="cell" className="number">
          <Latency ms={result.totalMs} />
        </span>
      </div>
    </div>
  );
}

function Ruler({ layout }: { layout: Layout }): ReactNode {
  return (
    <div className="waterfall-row waterfall-ruler" aria-hidden="true">
      <span />
      <span className="waterfall-track">
        {layout.ticks.map((tick) => (
          <span key={tick.ms} className="waterfall-tick" style={{ left: percent(tick.at) }}>
            {tickText(tick.ms)}
          </span>
        ))}
      </span>
      <span />
    </div>
  );
}

function Hop({
  hop,
  alone,
  last,
  layout,
}: {
  hop: WaterfallHop;
  alone: boolean;
  last: boolean;
  layout: Layout;
}): ReactNode {
  const words = useWords();
  return (
    <>
      {!alone && (
        <div className="waterfall-hop" role="row">
          <span role="cell" title={hop.url}>
            <b>{last ? words.result.finalHop : words.result.hop(hop.hop + 1)}</b> {hop.url}
          </span>
        </div>
      )}
      {hop.phases.map((phase) => (
        <PhaseRow key={`${phase.name} ${phase.start}`} phase={phase} layout={layout} />
      ))}
    </>
  );
}

function PhaseRow({ phase, layout }: { phase: WaterfallPhase; layout: Layout }): ReactNode {
  const words = useWords();
  const { kernel } = phase;
  return (
    <div className={`waterfall-row ${phase.failed ? 'waterfall-failed' : ''}`} role="row">
      <span role="rowheader">{words.phases[phase.name]}</span>
      <span role="cell" className="waterfall-track">
        {layout.ticks.map((tick) => (
          <i key={tick.ms} className="waterfall-line" style={{ left: percent(tick.at) }} />
        ))}
        <i
          className={`waterfall-bar phase-${phase.name}`}
          style={{
            left: percent(phase.start),
            width: `max(${WIDTH_PX_MIN}px, ${percent(phase.width)})`,
          }}
        />
        {kernel !== undefined && (
          <i
            className="waterfall-kernel"
            style={{ left: percent(kernel.at) }}
            title={`${words.result.kernelHandshake} ${figureText(latencyFigure(kernel.handshakeMs))}`}
          />
        )}
        {phase.failed && (
          <span className="waterfall-end" style={{ left: percent(phase.start + phase.width) }}>
            <StateMark mark="down" size={10} label={words.result.notReached} />
          </span>
        )}
      </span>
      <span role="cell" className="number">
        <Latency ms={phase.durationMs} />
      </span>
    </div>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
