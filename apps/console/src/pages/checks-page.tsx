// All checks as a table: filter, sort and find, everything of it in the URL. The order is held
// while the pointer is over the table or it scrolls, so that no row moves away under a hand.

import type { CheckState, CheckSummary } from '@holdfast/resources/api';
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react';
import { useCommands } from '../app/key-commands.ts';
import { checkKey } from '../app/live-state.ts';
import { liveStore, useLive } from '../app/live-store.ts';
import { Link, setSearch, useLocation } from '../app/location.tsx';
import { EDITOR_PATH } from '../app/route.ts';
import {
  type CheckFilter,
  countStates,
  filterChecks,
  parseCheckFilter,
  STATES,
  sortChecks,
} from '../parts/check-list.ts';
import { CheckTable } from '../parts/check-table.tsx';
import { Count } from '../parts/figure-text.tsx';
import { Icon } from '../parts/icon.tsx';
import { LabelFilter } from '../parts/label-filter.tsx';
import { EmptyNote, FailureNote, Skeleton } from '../parts/notes.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useWords } from '../words/use-words.ts';

export function ChecksPage(): ReactNode {
  const overview = useLive((state) => state.overview);
  const failure = useLive((state) => state.failure);
  if (overview !== undefined) return <Checks />;
  if (failure !== undefined)
    return <FailureNote failure={failure} retry={() => liveStore.read()} />;
  return <Skeleton lines={14} />;
}

function Checks(): ReactNode {
  const words = useWords();
  const { search } = useLocation();
  const every = useLive((state) => state.checks);
  const filter = useMemo(() => parseCheckFilter(new URLSearchParams(search)), [search]);
  const checks = useMemo(
    () => every.filter((check) => filter.namespace === '' || check.namespace === filter.namespace),
    [every, filter.namespace],
  );
  const found = useMemo(() => filterChecks(checks, filter), [checks, filter]);
  const [rows, hold] = useHeldOrder(found, filter);
  const filtered = filter.text !== '' || filter.states.size > 0 || filter.labels.length > 0;
  const close = (): boolean => {
    if (!filtered || document.activeElement instanceof HTMLInputElement) return false;
    clearFilters();
    return true;
  };
  useCommands({ close });
  return (
    <div className="checks">
      <h1 className="hidden">{words.pages.checks}</h1>
      <FilterBar checks={checks} filter={filter} shown={found.length} filtered={filtered} />
      {rows.length > 0 && <CheckTable rows={rows} filter={filter} hold={hold} />}
      {rows.length === 0 && every.length > 0 && (
        <EmptyNote title={words.checks.nothing} hint={words.checks.nothingHint}>
          <button type="button" className="button" onClick={clearFilters}>
            {words.checks.clear}
          </button>
        </EmptyNote>
      )}
      {every.length === 0 && <EmptyNote title={words.verdict.none} />}
    </div>
  );
}

function FilterBar({
  checks,
  filter,
  shown,
  filtered,
}: {
  checks: readonly CheckSummary[];
  filter: CheckFilter;
  shown: number;
  filtered: boolean;
}): ReactNode {
  const words = useWords();
  const counts = useMemo(() => countStates(checks), [checks]);
  return (
    <div className="filter">
      <label className="filter-text">
        <Icon name="search" size={16} />
        <span className="hidden">{words.checks.filter}</span>
        <input
          type="search"
          data-search
          value={filter.text}
          placeholder={words.checks.filter}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setSearch({ q: event.target.value }, true)}
          onKeyDown={toFirstRow}
        />
        <kbd>/</kbd>
      </label>
      <div className="filter-states">
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            className="chip"
            aria-pressed={filter.states.has(state)}
            onClick={() => toggleState(filter, state)}
          >
            <StateMark mark={state} size={10} />
            {words.states[state]}{' '}
            <span className="quiet">
              <Count count={counts[state]} />
            </span>
          </button>
        ))}
      </div>
      <LabelFilter checks={checks} />
      {filtered && (
        <button type="button" className="button small plain" onClick={clearFilters}>
          {words.checks.clear}
        </button>
      )}
      <span className="filter-count" role="status">
        {words.checks.count(shown, checks.length)}
      </span>
      <Link className="button small" to={EDITOR_PATH}>
        {words.editor.newCheck}
      </Link>
    </div>
  );
}

/** Fresh rows in an order that stays put while it is held and nothing else was asked for. */
function useHeldOrder(
  found: readonly CheckSummary[],
  filter: CheckFilter,
): [readonly CheckSummary[], (held: boolean) => void] {
  const held = useRef(false);
  const last = useRef<{ filter: CheckFilter; keys: string[] }>(undefined);
  const rows = useMemo(() => {
    if (held.current && last.current?.filter === filter) return inOrder(found, last.current.keys);
    const sorted = sortChecks(found, filter.sort, filter.descending);
    last.current = { filter, keys: sorted.map(checkKey) };
    return sorted;
  }, [found, filter]);
  return [rows, (value) => (held.current = value)];
}

function inOrder(checks: readonly CheckSummary[], keys: readonly string[]): CheckSummary[] {
  const left = new Map(checks.map((check) => [checkKey(check), check]));
  const known: CheckSummary[] = [];
  for (const key of keys) {
    const check = left.get(key);
    if (check !== undefined) known.push(check);
    left.delete(key);
  }
  return [...known, ...left.values()];
}

/** From the field straight into what it found. */
function toFirstRow(event: KeyboardEvent): void {
  if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
  document.querySelector<HTMLElement>('.table-rows a')?.focus();
  event.preventDefault();
}

function toggleState(filter: CheckFilter, state: CheckState): void {
  const states = STATES.filter((other) => filter.states.has(other) !== (other === state));
  setSearch({ state: states.join(',') });
}

function clearFilters(): void {
  setSearch({ q: undefined, state: undefined, label: undefined, ns: undefined });
}
