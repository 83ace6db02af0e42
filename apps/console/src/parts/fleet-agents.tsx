// The agents, by location: whether each is there and keeps up, and with what. Only the lines in view are
// built (virtual-window.ts), so that two thousand of them scroll like ten.

// biome-ignore-all lint/a11y/useSemanticElements: rows laid out as a grid take its meaning from a real table.
// biome-ignore-all lint/a11y/useFocusableInteractive: nothing in them is used; the list itself scrolls by key.

import type { FleetOverview } from '@holdfast/resources/api';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { setSearch, useLocation } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { FleetAgentRow, LocationRow } from './fleet-agent-row.tsx';
import { type AgentRow, agentList } from './fleet-agent-rows.ts';
import { Icon } from './icon.tsx';
import { useMedia, useWindowHeight } from './use-size.ts';
import { virtualWindow } from './virtual-window.ts';

const ROW_PX = 30;
const ROW_NARROW_PX = 50;
const NARROW = '(max-width: 759px)';
/** Of the window: the rest of the page stays within reach. */
const HEIGHT_SHARE = 0.7;
const HEAD_PX = 28;

export function FleetAgents({ fleet }: { fleet: FleetOverview }): ReactNode {
  const words = useWords().fleet;
  const search = new URLSearchParams(useLocation().search);
  const text = search.get('q') ?? '';
  const unwell = search.get('agents') === 'unwell';
  const list = useMemo(() => agentList(fleet, { text, unwell }), [fleet, text, unwell]);
  return (
    <section className="fleet-agents" aria-label={words.agents}>
      <header className="section-head">
        <h2>{words.agents}</h2>
        <label className="filter-text">
          <Icon name="search" size={16} />
          <span className="hidden">{words.filter}</span>
          <input
            type="search"
            data-search
            value={text}
            placeholder={words.filter}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setSearch({ q: event.target.value }, true)}
          />
          <kbd>/</kbd>
        </label>
        {(list.unwell > 0 || unwell) && (
          <button
            type="button"
            className="chip"
            aria-pressed={unwell}
            onClick={() => setSearch({ agents: unwell ? undefined : 'unwell' })}
          >
            {words.unwellOnly} <span className="quiet">{list.unwell}</span>
          </button>
        )}
        <span className="filter-count" role="status">
          {words.agentCount(list.shown, fleet.agents.length)}
        </span>
      </header>
      {list.rows.length === 0 && <p className="quiet">{words.noneMatches}</p>}
      {list.rows.length > 0 && <AgentTable rows={list.rows} resources={fleet.resources} />}
    </section>
  );
}

function AgentTable({
  rows,
  resources,
}: {
  rows: readonly AgentRow[];
  resources: FleetOverview['resources'];
}): ReactNode {
  const words = useWords().fleet;
  const narrow = useMedia(NARROW);
  const windowPx = useWindowHeight();
  const scroller = useRef<HTMLDivElement>(null);
  const [scrollPx, setScrollPx] = useState(0);
  const rowPx = narrow ? ROW_NARROW_PX : ROW_PX;
  const headPx = narrow ? 0 : HEAD_PX;
  const viewPx = Math.floor(windowPx * HEIGHT_SHARE) - headPx;
  const seen = virtualWindow(scrollPx, viewPx, rowPx, rows.length);
  const scrolls = seen.heightPx > viewPx;
  return (
    <div className="table" role="table" aria-label={words.agents} aria-rowcount={rows.length + 1}>
      <div
        className="agent-scroll"
        role="rowgroup"
        ref={scroller}
        tabIndex={scrolls ? 0 : undefined}
        onScroll={() => setScrollPx(scroller.current?.scrollTop ?? 0)}
        style={{ maxHeight: viewPx + headPx }}
      >
        <AgentHead />
        <div className="table-space" style={{ height: seen.heightPx }}>
          {rows.slice(seen.first, seen.end).map((row, index) => {
            const place = seen.first + index;
            const at = { place, topPx: place * rowPx };
            return row.kind === 'location' ? (
              <LocationRow key={`at ${row.location}`} row={row} {...at} />
            ) : (
              <FleetAgentRow key={row.agent.id} row={row} resources={resources} {...at} />
            );
          })}
        </div>
      </div>
    </div>
  );
}

const COLUMNS = [
  'checks',
  'runs',
  'missed',
  'inFlight',
  'late',
  'loop',
  'memory',
  'buffered',
  'revision',
] as const;

function AgentHead(): ReactNode {
  const words = useWords().fleet;
  const hints: Partial<Record<string, string>> = words.hints;
  return (
    <div className="agent-row agent-head" role="row">
      <span role="columnheader">{words.columns.agent}</span>
      <span role="columnheader" className="agent-version">
        {words.columns.version}
      </span>
      <span role="columnheader" className="agent-up number">
        {words.columns.up}
      </span>
      {COLUMNS.map((column) => (
        <span
          key={column}
          role="columnheader"
          className={`agent-${column} number`}
          title={hints[column]}
        >
          {words.columns[column]}
        </span>
      ))}
    </div>
  );
}
