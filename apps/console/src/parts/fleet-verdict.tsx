// One sentence that answers "is the fleet well", what to do about it, and everything else that is wrong
// below it, worst first. Then the figures that the sentence rests on.

import type { FleetOverview } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import type { Words } from '../words/en.ts';
import { useWords } from '../words/use-words.ts';
import { Count, Latency } from './figure-text.tsx';
import { figureText, latencyFigure } from './figures.ts';
import { type Finding, fleetFindings, standsAlone } from './fleet-findings.ts';
import { type Mark, StateMark } from './state-mark.tsx';

const FINDING_MARKS: Record<Finding['kind'], Mark> = {
  noLeader: 'down',
  memberless: 'down',
  nowhere: 'down',
  noAgent: 'unknown',
  silent: 'degraded',
  behind: 'degraded',
  faulty: 'degraded',
  late: 'degraded',
  waiting: 'degraded',
  warning: 'degraded',
  versions: 'unknown',
};

export function FleetVerdict({ fleet }: { fleet: FleetOverview }): ReactNode {
  const words = useWords();
  const [worst, ...others] = fleetFindings(fleet);
  const mark = worst === undefined ? 'up' : FINDING_MARKS[worst.kind];
  const [sentence, hint] = worst === undefined ? [wellText(fleet, words)] : toldOf(worst, words);
  return (
    <header className="fleet-head">
      <h1 className={`verdict verdict-${mark}`} aria-live="polite">
        <StateMark mark={mark} size={18} />
        <span>{sentence}</span>
      </h1>
      {hint !== undefined && <p className="fleet-hint">{hint}</p>}
      {others.length > 0 && (
        <ul className="findings" aria-label={words.attention.title}>
          {others.map((finding) => (
            <OtherFinding key={toldOf(finding, words).join()} finding={finding} />
          ))}
        </ul>
      )}
      <Figures fleet={fleet} />
    </header>
  );
}

function OtherFinding({ finding }: { finding: Finding }): ReactNode {
  const [sentence, hint] = toldOf(finding, useWords());
  return (
    <li>
      <StateMark mark={FINDING_MARKS[finding.kind]} size={10} />
      <b>{sentence}</b>
      <span>{hint}</span>
    </li>
  );
}

function Figures({ fleet }: { fleet: FleetOverview }): ReactNode {
  const words = useWords();
  const { servers, agents, resources } = fleet;
  const locations = new Set(agents.map(({ location }) => location)).size;
  const counted = [
    [servers.length, words.fleet.counted.servers(servers.length)],
    [agents.length, words.fleet.counted.agents(agents.length)],
    [locations, words.fleet.counted.locations(locations)],
  ] as const;
  const isEverywhere = resources.live === resources.total;
  return (
    <p className="counts">
      {counted.map(([count, word]) => (
        <span key={word} className="count" data-empty={count === 0}>
          <b>
            <Count count={count} />
          </b>{' '}
          {word}
        </span>
      ))}
      {standsAlone(fleet) ? (
        <span className="quiet">{words.fleet.liveAlone}</span>
      ) : (
        <span className={isEverywhere ? 'fleet-live' : 'fleet-live warn'}>
          <StateMark mark={isEverywhere ? 'up' : 'degraded'} size={10} />{' '}
          {words.fleet.live(resources.live, resources.total, resources.revision)}
          {resources.lagMsP99 !== undefined && (
            <>
              {', '}
              <span title={words.fleet.within}>
                p99 <Latency ms={resources.lagMsP99} />
              </span>
            </>
          )}
        </span>
      )}
    </p>
  );
}

function wellText(fleet: FleetOverview, words: Words): string {
  return standsAlone(fleet)
    ? words.fleet.alone
    : words.fleet.well(fleet.servers.length, fleet.agents.length);
}

/** What is so, and what that means or what to do. */
function toldOf(finding: Finding, words: Words): readonly [string, string] {
  const texts = words.fleet.findings;
  switch (finding.kind) {
    case 'noLeader':
      return texts.noLeader;
    case 'memberless':
      return texts.memberless(finding.engine);
    case 'nowhere':
      return texts.nowhere(finding.checks, finding.locations);
    case 'noAgent':
      return texts.noAgent;
    case 'silent':
      return texts.silent(finding.agents);
    case 'behind':
      return texts.behind(finding.nodes, finding.revision);
    case 'faulty':
      return texts.faulty(finding.key, finding.problem, finding.nodes);
    case 'late':
      return texts.late(finding.agents, figureText(latencyFigure(finding.lagMs)));
    case 'waiting':
      return texts.waiting(finding.agents, finding.results);
    case 'warning':
      return texts.warning(finding.engine, finding.text);
    case 'versions':
      return texts.versions(finding.versions);
  }
}
