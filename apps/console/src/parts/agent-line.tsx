// The agents that measure, one line each: whether they are there, and whether they keep up.

import type { AgentSummary } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useLive } from '../app/live-store.ts';
import { useWords } from '../words/use-words.ts';
import { Bytes, Count, Latency } from './figure-text.tsx';
import { StateMark } from './state-mark.tsx';

export function AgentLine(): ReactNode {
  const words = useWords();
  const agents = useLive((state) => state.agents);
  const version = useLive((state) => state.overview?.version);
  return (
    <section className="agents" aria-label={words.overview.agents}>
      {agents.length === 0 && (
        <p className="agent">
          <StateMark mark="down" /> {words.overview.noAgent}
        </p>
      )}
      {agents.map((agent) => (
        <Agent key={agent.id} agent={agent} />
      ))}
      <span className="agents-version">Holdfast {version}</span>
    </section>
  );
}

function Agent({ agent }: { agent: AgentSummary }): ReactNode {
  const words = useWords().overview;
  return (
    <p className="agent">
      <StateMark mark={agent.connected ? 'up' : 'down'} size={10} />
      <b>{agent.id}</b>
      <span className="quiet">
        {agent.location} · {agent.connected ? words.agentConnected : words.agentLost}
      </span>
      <Fact word={words.agentChecks}>
        <Count count={agent.checks} />
      </Fact>
      <Fact word={words.agentInFlight}>
        <Count count={agent.inFlight} />
      </Fact>
      <Fact word={words.agentRuns}>
        <Count count={agent.runs} />
      </Fact>
      <Fact word={words.agentMissed} warn={agent.missed > 0}>
        <Count count={agent.missed} />
      </Fact>
      <Fact word={words.agentLag}>
        <Latency ms={agent.scheduleLagMsP99} />
      </Fact>
      <Fact word={words.agentMemory}>
        <Bytes bytes={agent.residentBytes} />
      </Fact>
    </p>
  );
}

function Fact({
  word,
  warn = false,
  children,
}: {
  word: string;
  warn?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <span className={warn ? 'agent-fact warn' : 'agent-fact'}>
      {children} <span className="quiet">{word}</span>
    </span>
  );
}
