// The command that starts an agent for this fleet, ready to copy.

import type { FleetOverview } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { CopyButton } from './copy-button.tsx';

export function FirstAgent({ fleet }: { fleet: FleetOverview }): ReactNode {
  const words = useWords().fleet;
  return (
    <section className="first-run first-agent">
      <h2>{words.firstAgent}</h2>
      <AgentCommand servers={fleet.servers} location="NAME" />
      <p className="quiet">{words.firstAgentHint}</p>
    </section>
  );
}

/** Names every server, so that the agent outlives any of them. */
export function AgentCommand({
  servers,
  location,
}: {
  servers: FleetOverview['servers'];
  location: string;
}): ReactNode {
  const urls = servers.map(({ url }) => url);
  const named = urls.length === 0 ? [window.location.origin] : urls;
  const options = [...named.map((url) => `--server ${url}`), `--location ${location}`];
  const command = ['holdfast agent', ...options].join(' ');
  return (
    <p className="agent-command">
      <code>
        holdfast agent{' '}
        {options.map((option) => (
          <span key={option}>{option} </span>
        ))}
      </code>
      <CopyButton text={command} name={command} />
    </p>
  );
}
