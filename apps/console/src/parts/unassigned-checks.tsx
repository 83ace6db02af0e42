// Checks that should run at a place without a live agent, by place, with the command that mends it.

import type { FleetOverview } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { Link } from '../app/location.tsx';
import { checkPath } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import { AgentCommand } from './first-agent.tsx';
import { unassignedByLocation } from './fleet-findings.ts';

/** Named one by one; the others are counted. */
const CHECKS_MAX = 8;
const LOCATIONS_MAX = 10;

export function UnassignedChecks({ fleet }: { fleet: FleetOverview }): ReactNode {
  const words = useWords().fleet;
  const places = [...unassignedByLocation(fleet.unassigned)];
  return (
    <section className="unassigned" aria-label={words.unassigned}>
      <h2>{words.unassigned}</h2>
      <ul>
        {places.slice(0, LOCATIONS_MAX).map(([location, checks]) => (
          <li key={location}>
            <p>
              <b>{location}</b> <span className="quiet">{words.checkCount(checks.length)}</span>
            </p>
            <p className="unassigned-checks">
              {checks.slice(0, CHECKS_MAX).map(({ namespace, check }) => (
                <Link key={`${namespace}/${check}`} data-stop to={checkPath(namespace, check)}>
                  <span className="check-namespace">{namespace}/</span>
                  {check}
                </Link>
              ))}
              {checks.length > CHECKS_MAX && (
                <span className="quiet">{words.more(checks.length - CHECKS_MAX)}</span>
              )}
            </p>
            <p className="quiet">{words.startThere}</p>
            <AgentCommand servers={fleet.servers} location={location} />
          </li>
        ))}
      </ul>
      {places.length > LOCATIONS_MAX && (
        <p className="quiet">{words.more(places.length - LOCATIONS_MAX)}</p>
      )}
    </section>
  );
}
