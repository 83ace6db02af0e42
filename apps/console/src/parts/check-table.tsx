// The table of checks. Only the rows in view are built (virtual-window.ts); the keyboard moves a
// cursor that is the real focus, so Enter and screen readers need nothing special.

// biome-ignore-all lint/a11y/useSemanticElements: rows laid out as a grid take its meaning from a real table.
// biome-ignore-all lint/a11y/useFocusableInteractive: what is used stands inside the cells.

import type { CheckSummary } from '@holdfast/resources/api';
import {
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useCommands } from '../app/key-commands.ts';
import { checkKey } from '../app/live-state.ts';
import { Link, navigate } from '../app/location.tsx';
import { checkPath } from '../app/route.ts';
import { useWords } from '../words/use-words.ts';
import type { CheckFilter } from './check-list.ts';
import { FaultLine } from './fault-line.tsx';
import { Latency, Share, Span } from './figure-text.tsx';
import { HistoryBars } from './history-bars.tsx';
import { intervalText } from './moments.ts';
import { PlaceMarks } from './place-marks.tsx';
import { usePulse } from './pulse.ts';
import { markOf, StateMark } from './state-mark.tsx';
import { TableHead } from './table-head.tsx';
import { useMedia, useSize, useWindowHeight } from './use-size.ts';
import { scrollToRow, virtualWindow } from './virtual-window.ts';

const ROW_PX = 34;
const ROW_NARROW_PX = 58;
/** The head stays in view above the rows; a narrow table has none. */
const HEAD_PX = 28;
/** Below it a row has two lines. */
const NARROW = '(max-width: 759px)';
/** Room for bars of three pixels. */
const ROOMY = '(min-width: 1400px)';
const BELOW_PX = 12;
const BELOW_NARROW_PX = 64;
const HEIGHT_PX_MIN = 200;
/** A pause this long ends a scroll. */
const SCROLL_REST_MS = 400;

/** Where the cursor was, kept over a visit to a check and back. */
const lastCursor: { key: string | undefined; scrollPx: number } = { key: undefined, scrollPx: 0 };

export function CheckTable({
  rows,
  filter,
  hold,
}: {
  rows: readonly CheckSummary[];
  filter: CheckFilter;
  hold: (held: boolean) => void;
}): ReactNode {
  const narrow = useMedia(NARROW);
  const roomy = useMedia(ROOMY);
  const rowPx = narrow ? ROW_NARROW_PX : ROW_PX;
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(scroller, filter);
  const windowPx = useWindowHeight();
  const headPx = narrow ? 0 : HEAD_PX;
  const heightPx = Math.max(
    HEIGHT_PX_MIN,
    windowPx - (size?.topPx ?? 120) - (narrow ? BELOW_NARROW_PX : BELOW_PX),
  );
  const [scrollPx, setScrollPx] = useState(lastCursor.scrollPx);
  const rest = useRef<number>(undefined);
  const viewPx = heightPx - headPx;
  const [cursor, focused] = useCursor(rows, scroller, rowPx, viewPx);
  const seen = virtualWindow(scrollPx, viewPx, rowPx, rows.length);
  const filtered = useRef(filter);
  useLayoutEffect(() => {
    if (scroller.current === null) return;
    scroller.current.scrollTop = filtered.current === filter ? lastCursor.scrollPx : 0;
    filtered.current = filter;
  }, [filter]);
  const onScroll = (): void => {
    lastCursor.scrollPx = scroller.current?.scrollTop ?? 0;
    setScrollPx(lastCursor.scrollPx);
    hold(true);
    window.clearTimeout(rest.current);
    rest.current = window.setTimeout(
      () => hold(scroller.current?.matches(':hover') ?? false),
      SCROLL_REST_MS,
    );
  };
  return (
    <div
      className="table"
      role="table"
      aria-rowcount={rows.length + 1}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
    >
      <div
        className="table-scroll"
        role="rowgroup"
        ref={scroller}
        onScroll={onScroll}
        style={{ maxHeight: heightPx }}
        tabIndex={-1}
      >
        <TableHead filter={filter} />
        <div className="table-space" style={{ height: seen.heightPx }}>
          <div className="table-rows">
            {rows.slice(seen.first, seen.end).map((check, index) => (
              <Row
                key={checkKey(check)}
                check={check}
                place={seen.first + index}
                topPx={(seen.first + index) * rowPx}
                cursor={seen.first + index === cursor}
                focused={focused}
                pitchPx={roomy ? 3 : 2}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

/** The row that j and k move; follows its check when the order changes. */
function useCursor(
  rows: readonly CheckSummary[],
  scroller: React.RefObject<HTMLDivElement | null>,
  rowPx: number,
  viewPx: number,
): [number, (key: string) => void] {
  const [key, setKey] = useState(lastCursor.key);
  const [moved, setMoved] = useState(0);
  const at = rows.findIndex((check) => checkKey(check) === key);
  const focused = useCallback((to: string) => {
    lastCursor.key = to;
    setKey(to);
  }, []);
  const move = (step: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step));
    const check = rows[next];
    if (check === undefined || scroller.current === null) return;
    scroller.current.scrollTop = scrollToRow(next, scroller.current.scrollTop, viewPx, rowPx);
    focused(checkKey(check));
    setMoved((count) => count + 1);
  };
  useCommands({
    next: () => move(1),
    previous: () => move(-1),
    open: () => {
      const check = rows[at];
      if (check === undefined) return false;
      navigate(checkPath(check.namespace, check.name));
      return true;
    },
  });
  useEffect(() => {
    if (moved > 0)
      scroller.current
        ?.querySelector<HTMLElement>(`[data-place="${at}"] a`)
        ?.focus({ preventScroll: true });
  }, [moved, at, scroller]);
  return [at, focused];
}

interface RowProps {
  check: CheckSummary;
  place: number;
  /** Each row keeps its own place, so that building others never shifts it. */
  topPx: number;
  cursor: boolean;
  focused: (key: string) => void;
  pitchPx: number;
}

const Row = memo(function Row({
  check,
  place,
  topPx,
  cursor,
  focused,
  pitchPx,
}: RowProps): ReactNode {
  const words = useWords();
  const mark = markOf(check);
  const key = checkKey(check);
  return (
    <div
      className={`table-row table-${mark} ${usePulse(check.lastPlannedAtMs)}`}
      role="row"
      aria-rowindex={place + 2}
      data-place={place}
      data-cursor={cursor}
      style={{ top: topPx }}
    >
      <span role="cell" className="cell-state">
        <StateMark mark={mark} />
        {mark === 'paused' ? words.paused : words.states[mark]}
        {check.sinceMs !== undefined && mark !== 'paused' && (
          <span className="quiet">
            <Span sinceMs={check.sinceMs} />
          </span>
        )}
      </span>
      <span role="cell" className="cell-name" title={key}>
        <Link to={checkPath(check.namespace, check.name)} onFocus={() => focused(key)}>
          <span className="check-namespace">{check.namespace}/</span>
          {check.name}
        </Link>
        {check.locations !== undefined && <PlaceMarks places={check.locations} />}
      </span>
      <span role="cell" className="cell-target" title={check.target}>
        {check.state === 'down' && check.lastFault !== undefined && !check.paused ? (
          <FaultLine fault={check.lastFault} />
        ) : (
          check.target.replace(/^https:\/\//, '')
        )}
      </span>
      <span role="cell" className="cell-history">
        <HistoryBars recent={check.recent} pitchPx={pitchPx} />
      </span>
      <span role="cell" className="cell-last number">
        <Latency ms={check.lastStatus === 'invalid' ? undefined : check.lastTotalMs} />
      </span>
      <span role="cell" className="cell-p50 number">
        <Latency ms={check.p50Ms} />
      </span>
      <span role="cell" className="cell-p95 number">
        <Latency ms={check.p95Ms} />
      </span>
      <span role="cell" className="cell-availability number">
        <Share share={check.availability24h} />
      </span>
      <span role="cell" className="cell-interval number">
        {intervalText(check.intervalMs, words.span)}
      </span>
      <span role="cell" className="cell-labels" title={labelText(check)}>
        {labelText(check)}
      </span>
    </div>
  );
});

function labelText(check: CheckSummary): string {
  return Object.entries(check.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
