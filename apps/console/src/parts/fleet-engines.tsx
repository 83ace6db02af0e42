// What the fleet stands on: where resources and leases are kept, how events travel, and which store the
// results on all pages come from. Addresses come without credentials.

import type { FleetEngines as Engines } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Prose } from './prose.tsx';
import { StateMark } from './state-mark.tsx';

export function FleetEngines({ engines }: { engines: Engines }): ReactNode {
  const words = useWords().fleet;
  const { coordination, events, results } = engines;
  const { engine, shownAs, members, warnings } = coordination;
  return (
    <section aria-label={words.engines}>
      <header className="section-head">
        <h2>{words.engines}</h2>
      </header>
      <dl className="engines">
        <Engine
          term={words.coordination}
          engine={engine}
          shownAs={members.length > 0 ? engine : shownAs}
        >
          {warnings.map((warning) => (
            <p key={warning} className="engine-warning">
              <StateMark mark="degraded" size={10} /> <Prose text={warning} />
            </p>
          ))}
          {members.length > 0 && (
            <ul className="members" aria-label={words.members}>
              {members.map((member) => (
                <li key={`${member.name} ${member.endpoint}`}>
                  <b>{member.name}</b>
                  <span className="quiet">{member.version}</span>
                  <code className="break" title={member.endpoint}>
                    {member.endpoint.replace(/^https?:\/\//, '')}
                  </code>
                  {member.leader && <span className="tag">{words.memberLeads}</span>}
                </li>
              ))}
            </ul>
          )}
        </Engine>
        <Engine term={words.events} {...events} />
        <Engine term={words.results} {...results} />
      </dl>
    </section>
  );
}

function Engine({
  term,
  engine,
  shownAs,
  children,
}: {
  term: string;
  engine: string;
  shownAs: string;
  children?: ReactNode;
}): ReactNode {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        <b>{engine}</b> {shownAs !== engine && <code className="break">{shownAs}</code>}
        {children}
      </dd>
    </div>
  );
}
