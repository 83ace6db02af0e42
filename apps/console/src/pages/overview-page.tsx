// The first answer: what is broken, since when, why, and what was done; then how everything else
// is. Two thousand checks fit one screen: how they are laid out is decided by grid-plan.ts.

import type { AlertList } from '@holdfast/resources/api';
import { type ReactNode, useMemo } from 'react';
import { useAnswer } from '../api/use-answer.ts';
import { checkKey } from '../app/live-state.ts';
import { liveStore, useLive } from '../app/live-store.ts';
import { useLocation } from '../app/location.tsx';
import { useNow } from '../app/now.ts';
import { AgentLine } from '../parts/agent-line.tsx';
import { attentionOf } from '../parts/attention.ts';
import { AttentionList } from '../parts/attention-list.tsx';
import { filterChecks, parseCheckFilter } from '../parts/check-list.ts';
import { ConfigBanner } from '../parts/config-banner.tsx';
import { FirstRun } from '../parts/first-run.tsx';
import { LabelFilter } from '../parts/label-filter.tsx';
import { EmptyNote, FailureNote, Skeleton } from '../parts/notes.tsx';
import { RecentAlerts } from '../parts/recent-alerts.tsx';
import { StatusGrid } from '../parts/status-grid.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { useWords } from '../words/use-words.ts';

/** Recent alerts, and how many while the room is wanted for what is broken now. */
const ALERTS_SHOWN = 5;
const ALERTS_SHOWN_BESIDE = 3;

export function OverviewPage(): ReactNode {
  const overview = useLive((state) => state.overview);
  const failure = useLive((state) => state.failure);
  if (overview !== undefined) return <Overview demo={overview.demo} />;
  if (failure !== undefined)
    return <FailureNote failure={failure} retry={() => liveStore.read()} />;
  return <Skeleton lines={10} />;
}

function Overview({ demo }: { demo: boolean }): ReactNode {
  const words = useWords();
  const { search } = useLocation();
  const filter = useMemo(() => parseCheckFilter(new URLSearchParams(search)), [search]);
  const { namespace } = filter;
  const everyCheck = useLive((state) => state.checks);
  const everyAlert = useLive((state) => state.alerts);
  const alertVersion = useLive((state) => state.alertVersion);
  const minute = useNow((nowMs) => Math.floor(nowMs / 60_000));
  const told = useAnswer<AlertList>('/api/v1/alerts', 'alerts', alertVersion);
  const checks = useMemo(() => filterChecks(everyCheck, filter), [everyCheck, filter]);
  const alerts = useMemo(() => {
    const shown = new Set(checks.map(checkKey));
    const all = checks.length === everyCheck.length;
    return everyAlert.filter(({ check }) => all || shown.has(`${check.namespace}/${check.check}`));
  }, [everyAlert, everyCheck, checks]);
  const offered = useMemo(
    () => everyCheck.filter((check) => namespace === '' || check.namespace === namespace),
    [everyCheck, namespace],
  );
  const attention = useMemo(
    () => attentionOf(checks, alerts, minute * 60_000),
    [checks, alerts, minute],
  );
  return (
    <div className="overview">
      <ConfigBanner />
      <div className="overview-band">
        <section>
          <Verdict checks={checks} />
        </section>
        <RecentAlerts
          alerts={alerts}
          count={attention.length === 0 ? ALERTS_SHOWN : ALERTS_SHOWN_BESIDE}
        />
      </div>
      <AttentionList items={attention} told={told.data?.alerts ?? []} />
      {(demo || everyCheck.length === 0) && <FirstRun demo={demo} />}
      {checks.length > 0 && (
        <StatusGrid
          checks={checks}
          offered={offered}
          above={`${attention.length} ${alerts.length} ${demo}`}
        />
      )}
      {checks.length === 0 && everyCheck.length > 0 && (
        <EmptyNote title={words.checks.nothing} hint={words.checks.nothingHint}>
          <LabelFilter checks={offered} />
        </EmptyNote>
      )}
      <AgentLine />
    </div>
  );
}
