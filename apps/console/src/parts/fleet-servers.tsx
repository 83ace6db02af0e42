// The servers: which one leads, which one answers this page, and whether each has the present resources.

import type { FleetOverview, FleetServer } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Latency, Span } from './figure-text.tsx';
import { isBehind } from './fleet-findings.ts';
import { StateMark } from './state-mark.tsx';

export function FleetServers({ fleet }: { fleet: FleetOverview }): ReactNode {
  const words = useWords().fleet;
  const told = fleet.servers.some(({ applied }) => applied !== undefined);
  return (
    <section aria-label={words.servers}>
      <header className="section-head">
        <h2>{words.servers}</h2>
        {fleet.leader !== undefined && fleet.servers.length > 1 && (
          <span className="quiet">
            {fleet.leader.id} {words.leads}{' '}
            <Span sinceMs={fleet.leader.sinceMs} wrap={words.leaderSince} />
            {' · '}
            {words.term(fleet.leader.term)}
          </span>
        )}
      </header>
      <table className="fleet-table">
        <thead>
          <tr>
            <th scope="col">{words.columns.server}</th>
            <th scope="col" className="fleet-wide">
              {words.columns.address}
            </th>
            <th scope="col">{words.columns.version}</th>
            <th scope="col" className="number">
              {words.columns.up}
            </th>
            {told && (
              <>
                <th scope="col" className="number" title={words.hints.revision}>
                  {words.columns.revision}
                </th>
                <th scope="col" className="number fleet-wide" title={words.hints.lag}>
                  {words.columns.lag}
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {fleet.servers.map((server) => (
            <Server key={server.id} server={server} fleet={fleet} told={told} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Server({
  server,
  fleet,
  told,
}: {
  server: FleetServer;
  fleet: FleetOverview;
  told: boolean;
}): ReactNode {
  const words = useWords().fleet;
  const behind = isBehind(server, fleet.resources);
  return (
    <tr>
      <th scope="row">
        <StateMark mark={behind ? 'degraded' : 'up'} size={10} /> {server.id}
        {server.leader && <span className="tag tag-pinned">{words.leads}</span>}
        {server.answering && fleet.servers.length > 1 && (
          <span className="tag">{words.answers}</span>
        )}
      </th>
      <td className="fleet-wide">
        <code>{server.url}</code>
      </td>
      <td>{server.version}</td>
      <td className="number">
        <Span sinceMs={server.startedAtMs} />
      </td>
      {told && (
        <>
          <td className="number">
            <Revision node={server} resources={fleet.resources} />
          </td>
          <td className="number fleet-wide">
            <Latency ms={server.applied?.lagMsP99} />
          </td>
        </>
      )}
    </tr>
  );
}

/** Of the resources in force at a node, and whether these are the present ones. */
export function Revision({
  node,
  resources,
}: {
  node: Pick<FleetServer, 'applied'>;
  resources: FleetOverview['resources'];
}): ReactNode {
  const words = useWords().fleet;
  const { applied } = node;
  if (applied === undefined) return <span className="absent">–</span>;
  const isPresent = applied.digest === resources.digest;
  return (
    <span
      className={isPresent ? undefined : 'warn'}
      title={isPresent ? words.present : words.notPresent(resources.revision)}
    >
      {!isPresent && <span className="hidden">{words.notPresent(resources.revision)} </span>}
      {applied.revision}
    </span>
  );
}
