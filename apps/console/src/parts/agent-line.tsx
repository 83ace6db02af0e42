// The agents that measure: a line for each of a few, whether it is there and keeps up; of many only how
// they are together. The fleet's page has the rest.

import type { AgentSummary } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useLive } from '../app/live-store.ts';
import { Link } from '../app/location.tsx';
import { FLEET_PATH } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import { Bytes, Count, Latency } from './figure-text.tsx';
import { StateMark } from './state-mark.tsx';

/** Lines that the overview can spare. */
const LINES_MAX = 3;

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
      {agents.length > LINES_MAX ? (
        <Together agents={agents} />
      ) : (
        agents.map((agent) => <Agent key={agent.id} agent={agent} />)
      )}
      <span className="agents-version">Holdfast {version}</span>
    </section>
  );
}

function Together({ agents }: { agents: readonly AgentSummary[] }): ReactNode {
  const { fleet, overview } = useWords();
  const lost = agents.filter(({ connected }) => !connected).length;
  const locations = new Set(agents.map(({ location }) => location)).size;
  const missed = agents.reduce((sum, agent) => sum + agent.missed, 0);
  const lagMs = agents.reduce((worst, agent) => Math.max(worst, agent.scheduleLagMsP99), 0);
  return (
    <p className="agent">
      <StateMark mark={lost > 0 ? 'degraded' : 'up'} size={10} />
      <Link to={FLEET_PATH} data-stop>
        <b>
          <Count count={agents.length} /> {fleet.counted.agents(agents.length)}
        </b>
      </Link>
      <Fact word={fleet.counted.locations(locations)}>
        <Count count={locations} />
      </Fact>
      {lost > 0 && (
        <Fact word={overview.agentLost} warn>
          <Count count={lost} />
        </Fact>
      )}
      <Fact word={overview.agentMissed} warn={missed > 0}>
        <Count count={missed} />
      </Fact>
      <Fact word={overview.agentLag}>
        <Latency ms={lagMs} />
      </Fact>
    </p>
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
