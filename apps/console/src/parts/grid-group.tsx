// One group of the status grid: its head, and its checks as rows with history or as small cells.
// Items render again only when their own check changed.

import type { CheckSummary } from '@holdfast/resources/api';
import { memo, type ReactNode } from 'react';
import { checkKey } from '../app/live-state.ts';
import { Link } from '../app/location.tsx';
import { CHECKS_PATH, checkPath } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import type { CheckGroup } from './check-list.ts';
import { Latency } from './figure-text.tsx';
import type { GridPlan } from './grid-plan.ts';
import { HistoryBars } from './history-bars.tsx';
import { usePulse } from './pulse.ts';
import { markOf, StateMark } from './state-mark.tsx';

interface GroupProps {
  group: CheckGroup;
  from: number;
  to: number;
  mode: GridPlan['mode'];
  by: string;
  active: string | undefined;
  /** Whether a row must say its namespace to be told from others. */
  withNamespace: boolean;
}

export function GridGroup({
  group,
  from,
  to,
  mode,
  by,
  active,
  withNamespace,
}: GroupProps): ReactNode {
  const Item = mode === 'rows' ? RowItem : CellItem;
  return (
    <div className="grid-group">
      {by !== 'none' && <GroupHead group={group} by={by} />}
      <div className="grid-items">
        {group.checks.slice(from, to).map((check) => (
          <Item
            key={checkKey(check)}
            check={check}
            stop={checkKey(check) === active}
            withNamespace={withNamespace}
          />
        ))}
      </div>
    </div>
  );
}

function GroupHead({ group, by }: { group: CheckGroup; by: string }): ReactNode {
  const words = useWords();
  const states: Record<string, string> = words.states;
  const name =
    by === 'state'
      ? states[group.name]
      : group.name === ''
        ? words.overview.withoutLabel
        : group.name;
  const search =
    by === 'namespace'
      ? `?ns=${encodeURIComponent(group.name)}`
      : by === 'state'
        ? `?state=${group.name}`
        : `?label=${encodeURIComponent(`${by.slice('label:'.length)}=${group.name}`)}`;
  const down =
    by === 'state'
      ? 0
      : group.checks.filter((check) => check.state === 'down' && !check.paused).length;
  const degraded =
    by === 'state'
      ? 0
      : group.checks.filter((check) => check.state === 'degraded' && !check.paused).length;
  return (
    <h3 className="grid-group-head">
      <Link to={CHECKS_PATH + search}>{name}</Link>
      <span className="quiet">{group.checks.length}</span>
      {down > 0 && (
        <span className="grid-group-bad">
          <StateMark mark="down" size={9} label={words.states.down} /> {down}
        </span>
      )}
      {degraded > 0 && (
        <span className="grid-group-bad">
          <StateMark mark="degraded" size={9} label={words.states.degraded} /> {degraded}
        </span>
      )}
    </h3>
  );
}

interface ItemProps {
  check: CheckSummary;
  /** Whether Tab stops here. */
  stop: boolean;
  withNamespace: boolean;
}

const CellItem = memo(function CellItem({ check, stop }: ItemProps): ReactNode {
  const words = useWords();
  const mark = markOf(check);
  const state = mark === 'paused' ? words.paused : words.states[mark];
  return (
    <Link
      className={`cell cell-${mark} ${usePulse(check.lastPlannedAtMs)}`}
      to={checkPath(check.namespace, check.name)}
      data-key={checkKey(check)}
      data-stop
      tabIndex={stop ? 0 : -1}
      aria-label={`${checkKey(check)}: ${state}`}
    />
  );
});

const RowItem = memo(function RowItem({ check, stop, withNamespace }: ItemProps): ReactNode {
  const words = useWords();
  const mark = markOf(check);
  return (
    <Link
      className={`grid-row ${usePulse(check.lastPlannedAtMs)}`}
      to={checkPath(check.namespace, check.name)}
      data-key={checkKey(check)}
      data-stop
      tabIndex={stop ? 0 : -1}
    >
      <StateMark mark={mark} label={mark === 'paused' ? words.paused : words.states[mark]} />
      <span className="grid-row-name">
        {withNamespace && <span className="check-namespace">{check.namespace}/</span>}
        {check.name}
      </span>
      <HistoryBars recent={check.recent} slots={40} />
      <span className="grid-row-last">
        <Latency ms={check.lastStatus === 'up' ? check.lastTotalMs : undefined} />
      </span>
    </Link>
  );
});
