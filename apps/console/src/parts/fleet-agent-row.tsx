// One line of the list of agents: the head of a location, or an agent with what it last told. What the
// answering server has not heard is a dash, never a zero.

// biome-ignore-all lint/a11y/useSemanticElements: rows laid out as a grid take its meaning from a real table.
// biome-ignore-all lint/a11y/useFocusableInteractive: nothing in them is used.

import type { FleetOverview } from '@holdfast/resources/api';
import { memo, type ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Count, FigureText, Latency, Span } from './figure-text.tsx';
import { bytesFigure } from './figures.ts';
import type { AgentRow } from './fleet-agent-rows.ts';
import { type AgentHealth, isLate, isWaiting } from './fleet-findings.ts';
import { Revision } from './fleet-servers.tsx';
import { type Mark, StateMark } from './state-mark.tsx';

const MARKS: Record<AgentHealth, Mark> = {
  silent: 'down',
  behind: 'degraded',
  late: 'degraded',
  waiting: 'degraded',
  well: 'up',
};

interface Placed {
  place: number;
  /** Each row keeps its own place, so that building others never shifts it. */
  topPx: number;
}

export function LocationRow({
  row,
  place,
  topPx,
}: Placed & { row: Extract<AgentRow, { kind: 'location' }> }): ReactNode {
  const words = useWords().fleet;
  return (
    <div className="agent-location" role="row" aria-rowindex={place + 2} style={{ top: topPx }}>
      <span role="cell">
        <b>{row.location}</b>
        <span className={row.live === row.total ? 'quiet' : 'warn'}>
          {words.locationHead(row.live, row.total)}
        </span>
        <span className="quiet">{words.checkCount(row.checks)}</span>
      </span>
    </div>
  );
}

export const FleetAgentRow = memo(function FleetAgentRow({
  row: { agent, health },
  resources,
  place,
  topPx,
}: Placed & {
  row: Extract<AgentRow, { kind: 'agent' }>;
  resources: FleetOverview['resources'];
}): ReactNode {
  const words = useWords().fleet;
  const { summary } = agent;
  const missed = summary?.missed;
  return (
    <div
      className={`agent-row agent-is-${health}`}
      role="row"
      aria-rowindex={place + 2}
      style={{ top: topPx }}
    >
      <span role="cell" className="agent-id" title={agent.id}>
        <StateMark mark={MARKS[health]} size={10} label={words.health[health]} />
        <span className="agent-name">{agent.id}</span>
        {health !== 'well' && <span className="agent-health">{words.health[health]}</span>}
        {summary === undefined && agent.live && (
          <span className="quiet">{words.health.elsewhere}</span>
        )}
      </span>
      <span role="cell" className="agent-version">
        {agent.version}
      </span>
      <span role="cell" className="agent-up number">
        <Span sinceMs={agent.startedAtMs} />
      </span>
      <span role="cell" className="agent-checks number">
        <Count count={agent.checks} />
        <small className="agent-unit"> {words.columns.checks}</small>
      </span>
      <span role="cell" className="agent-runs number">
        <Known count={summary?.runs} />
      </span>
      <span role="cell" className={missed ? 'agent-missed number warn' : 'agent-missed number'}>
        <Known count={missed} />
      </span>
      <span role="cell" className="agent-inFlight number">
        <Known count={summary?.inFlight} />
      </span>
      <span role="cell" className={`agent-late number${isLate(agent) ? ' warn' : ''}`}>
        <Latency ms={summary?.scheduleLagMsP99} />
      </span>
      <span role="cell" className="agent-loop number">
        <Latency ms={summary?.loopLagMs} />
      </span>
      <span role="cell" className="agent-memory number">
        <FigureText figure={summary && bytesFigure(summary.residentBytes)} />
      </span>
      <span role="cell" className={`agent-buffered number${isWaiting(agent) ? ' warn' : ''}`}>
        <Known count={agent.buffered} />
      </span>
      <span role="cell" className="agent-revision number">
        <Revision node={agent} resources={resources} />
      </span>
    </div>
  );
});

function Known({ count }: { count: number | undefined }): ReactNode {
  return count === undefined ? <span className="absent">–</span> : <Count count={count} />;
}
