// Every check on one screen, by group: rows with history while they fit, cells otherwise. One tab
// stop for all of it; the arrow keys move inside, a card tells of the cell under pointer or focus.

import type { CheckSummary } from '@holdfast/resources/api';
import {
  type FocusEvent,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useCallback,
  useMemo,
  useRef,
  useState,
} from 'react';
import { checkKey } from '../app/live-state.ts';
import { setSearch, useLocation } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { type CheckGroup, groupChecks, groupingsOf } from './check-list.ts';
import { GridGroup } from './grid-group.tsx';
import { dotPx, type GridPlan, planGrid } from './grid-plan.ts';
import { HoverCard } from './hover-card.tsx';
import { LabelFilter } from './label-filter.tsx';
import { neighbour } from './neighbour.ts';
import { useMedia, useSize, useWindowHeight } from './use-size.ts';

/** Agents' line and page edge below the grid. */
const BELOW_PX = 58;
const HEIGHT_PX_MIN = 220;
/** Of more checks than this, some is always new: pulses would be noise. */
const PULSES_MAX = 200;
/** A narrow page scrolls anyway: rows up to so many checks, then cells that a finger can hit. */
const NARROW = '(max-width: 759px)';
const NARROW_ROWS_MAX = 100;

/** `offered`: whose labels can be chosen from. `above`: changes when what stands above the grid may have another height. */
export function StatusGrid({
  checks,
  offered,
  above,
}: {
  checks: readonly CheckSummary[];
  offered: readonly CheckSummary[];
  above: string;
}): ReactNode {
  const words = useWords();
  const wanted = new URLSearchParams(useLocation().search).get('group') ?? '';
  const body = useRef<HTMLDivElement>(null);
  const size = useSize(body, above);
  const windowPx = useWindowHeight();
  const narrow = useMedia(NARROW);
  const heightPx = narrow
    ? Number.POSITIVE_INFINITY
    : Math.max(HEIGHT_PX_MIN, windowPx - (size?.topPx ?? 0) - BELOW_PX);
  const groupings = useMemo(() => groupingsOf(checks), [checks]);
  const laid = useMemo(
    () =>
      layOut(
        checks,
        groupings.includes(wanted) ? [wanted] : groupings,
        size?.widthPx ?? 0,
        heightPx,
      ),
    [checks, groupings, wanted, size?.widthPx, heightPx],
  );
  return (
    <section className="grid" aria-label={words.overview.allChecks}>
      <header className="grid-head">
        <h2>{words.overview.allChecks}</h2>
        <LabelFilter checks={offered} />
        <GroupPicker groupings={groupings} chosen={laid.by} />
      </header>
      <div ref={body}>
        {size !== undefined && (
          <GridBody {...laid} severalNamespaces={groupings.includes('namespace')} />
        )}
      </div>
    </section>
  );
}

interface Laid {
  by: string;
  groups: CheckGroup[];
  plan: GridPlan;
}

/** The first grouping that fits; when none does, the first. */
function layOut(
  checks: readonly CheckSummary[],
  groupings: readonly string[],
  widthPx: number,
  heightPx: number,
): Laid {
  let first: Laid | undefined;
  for (const by of groupings) {
    const groups = groupChecks(checks, by);
    const plan = planGrid(
      groups.map((group) => group.checks.length),
      widthPx,
      heightPx,
      by !== 'none',
      heightPx === Number.POSITIVE_INFINITY ? NARROW_ROWS_MAX : undefined,
    );
    const laid = { by, groups, plan };
    if (plan.heightPx <= heightPx) return laid;
    first ??= laid;
  }
  return first ?? { by: 'none', groups: [], plan: planGrid([], widthPx, heightPx, false) };
}

function GroupPicker({
  groupings,
  chosen,
}: {
  groupings: readonly string[];
  chosen: string;
}): ReactNode {
  const words = useWords();
  const named: Record<string, string> = words.overview.groupings;
  return (
    <label className="select small">
      <span className="quiet">{words.overview.groupBy}</span>
      <select value={chosen} onChange={(event) => setSearch({ group: event.target.value }, true)}>
        {groupings.map((by) => (
          <option key={by} value={by}>
            {by.startsWith('label:')
              ? words.overview.byLabel(by.slice('label:'.length))
              : named[by]}
          </option>
        ))}
      </select>
    </label>
  );
}

interface GridBodyProps extends Laid {
  severalNamespaces: boolean;
}

function GridBody({ groups, plan, by, severalNamespaces }: GridBodyProps): ReactNode {
  const [activeKey, setActiveKey] = useState<string>();
  const [card, setCard] = useState<{ key: string; box: DOMRect }>();
  const keys = useMemo(
    () =>
      new Map(
        groups.flatMap((group) => group.checks.map((check) => [checkKey(check), check] as const)),
      ),
    [groups],
  );
  const active =
    activeKey !== undefined && keys.has(activeKey) ? activeKey : keys.keys().next().value;
  const show = useCallback((target: EventTarget) => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-key]') : null;
    setCard(
      cell === null
        ? undefined
        : { key: cell.dataset.key ?? '', box: cell.getBoundingClientRect() },
    );
  }, []);
  const onFocus = (event: FocusEvent): void => {
    setActiveKey(event.target instanceof HTMLElement ? event.target.dataset.key : undefined);
    show(event.target);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const next = neighbour(event.currentTarget, event.key);
    next?.focus();
    if (next !== undefined) event.preventDefault();
  };
  const shown = card === undefined ? undefined : keys.get(card.key);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the links inside are what is used; this only moves between them.
    <div
      className={`grid-body grid-${plan.mode} ${keys.size > PULSES_MAX ? 'still' : ''}`}
      style={
        {
          '--pitch': `${plan.pitchPx}px`,
          '--dot': `${dotPx(plan.pitchPx)}px`,
        } as React.CSSProperties
      }
      onPointerOver={(event: PointerEvent) => show(event.target)}
      onPointerLeave={() => setCard(undefined)}
      onFocus={onFocus}
      onBlur={() => setCard(undefined)}
      onKeyDown={onKeyDown}
    >
      {plan.columns.map((blocks) => (
        <div className="grid-column" key={`${blocks[0]?.group} ${blocks[0]?.from}`}>
          {blocks.map((block) => {
            const group = groups[block.group];
            if (group === undefined) return null;
            return (
              <GridGroup
                key={`${group.name} ${block.from}`}
                group={group}
                from={block.from}
                to={block.to}
                mode={plan.mode}
                by={by}
                active={active}
                withNamespace={by !== 'namespace' && severalNamespaces}
              />
            );
          })}
        </div>
      ))}
      {plan.mode === 'cells' && card !== undefined && shown !== undefined && (
        <HoverCard check={shown} box={card.box} />
      )}
    </div>
  );
}
