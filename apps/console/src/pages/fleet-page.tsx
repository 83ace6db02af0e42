// The fleet that measures: is it well, and if not, what is wrong and what to do; then its servers, its
// agents, the engines under it and what it was asked lately. Read anew while somebody looks.

import '../style/fleet.css';
import type { FleetOverview, RunHistory } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import type { Asked } from '../api/use-answer.ts';
import { useFreshAnswer } from '../api/use-fresh-answer.ts';
import { useLive } from '../app/live-store.ts';
import { serverNowMs } from '../app/now.ts';
import { AskedRuns } from '../parts/asked-runs.tsx';
import { FirstAgent } from '../parts/first-agent.tsx';
import { FleetAgents } from '../parts/fleet-agents.tsx';
import { FleetEngines } from '../parts/fleet-engines.tsx';
import { standsAlone } from '../parts/fleet-findings.ts';
import { FleetServers } from '../parts/fleet-servers.tsx';
import { FleetVerdict } from '../parts/fleet-verdict.tsx';
import { clockText } from '../parts/moments.ts';
import { EmptyNote, FailureNote, Skeleton } from '../parts/notes.tsx';
import { UnassignedChecks } from '../parts/unassigned-checks.tsx';
import { useWords } from '../words/use-words.ts';

/** Shown at once; the server keeps more. */
const RUNS_ASKED = 50;

export function FleetPage(): ReactNode {
  const words = useWords();
  const agents = useLive((state) => state.agents);
  const fleet = useFreshAnswer<FleetOverview>('/api/v1/fleet', 'fleet', agents);
  const runs = useFreshAnswer<RunHistory>(`/api/v1/runs?limit=${RUNS_ASKED}`, 'runs', agents);
  if (fleet.failure?.httpStatus === 403) return <NoPermission />;
  if (fleet.data !== undefined) return <Fleet fleet={fleet.data} asked={fleet} runs={runs} />;
  if (fleet.failure !== undefined)
    return (
      <>
        <h1 className="hidden">{words.pages.fleet}</h1>
        <FailureNote failure={fleet.failure} retry={fleet.retry} busy={fleet.busy} />
      </>
    );
  return <Skeleton lines={12} />;
}

function Fleet({
  fleet,
  asked,
  runs,
}: {
  fleet: FleetOverview;
  asked: Asked<FleetOverview>;
  runs: Asked<RunHistory>;
}): ReactNode {
  const words = useWords();
  return (
    <div className="fleet">
      {asked.failure !== undefined && (
        <p className="fleet-stale" role="alert">
          {words.fleet.staleSince(clockText(fleet.nowMs, serverNowMs(), words.locale, true))}{' '}
          <code>{asked.failure.code}</code>
        </p>
      )}
      <FleetVerdict fleet={fleet} />
      {fleet.agents.length === 0 && !standsAlone(fleet) && <FirstAgent fleet={fleet} />}
      {fleet.unassigned.length > 0 && <UnassignedChecks fleet={fleet} />}
      <div className="fleet-band">
        <FleetServers fleet={fleet} />
        <FleetEngines engines={fleet.engines} />
      </div>
      {fleet.agents.length > 0 && <FleetAgents fleet={fleet} />}
      <AskedRuns asked={runs} />
    </div>
  );
}

function NoPermission(): ReactNode {
  const words = useWords();
  return (
    <>
      <h1 className="hidden">{words.pages.fleet}</h1>
      <EmptyNote title={words.fleet.forbidden} hint={words.fleet.forbiddenHint} />
    </>
  );
}
