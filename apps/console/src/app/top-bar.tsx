// The bar over every page: where one is (namespace, or the way back from a check), the shared time
// range where one applies, search, whether what is shown is live, and the zone of all times.

import { type ReactNode, useMemo } from 'react';
import { Icon } from '../parts/icon.tsx';
import { zoneName } from '../parts/moments.ts';
import { RangePicker } from '../parts/range-picker.tsx';
import { useMedia } from '../parts/use-size.ts';
import { useWords } from '../words/use-words.ts';
import { LiveSign } from './live-sign.tsx';
import { useLive } from './live-store.ts';
import { Link, setSearch, useLocation } from './location.tsx';
import { CHECKS_PATH, type Route } from './route.ts';

/** Wide enough for the range picker beside the rest. */
export const WIDE = '(min-width: 900px)';

export function TopBar({
  route,
  showPalette,
}: {
  route: Route;
  showPalette: () => void;
}): ReactNode {
  const words = useWords();
  const wide = useMedia(WIDE);
  const zone = useMemo(() => zoneName(Date.now(), words.locale), [words.locale]);
  return (
    <header className="top">
      {route.page === 'check' && <WayBack namespace={route.namespace} />}
      {!['check', 'fleet'].includes(route.page) && <NamespacePicker />}
      <button
        type="button"
        className="top-search"
        onClick={showPalette}
        aria-keyshortcuts="Control+K Meta+K"
      >
        <Icon name="search" size={16} />
        <span className="hidden">{words.searchOrJump}</span>
        <span className="top-search-word" aria-hidden="true">
          {words.searchOrJump}
        </span>
        <span aria-hidden="true">
          <kbd>{isApple() ? '⌘K' : 'Ctrl K'}</kbd>
        </span>
      </button>
      <span className="top-space" />
      {route.page === 'check' && wide && <RangePicker />}
      <LiveSign />
      <span className="top-zone" title={`${words.times} ${zone.long}`}>
        {zone.short}
      </span>
    </header>
  );
}

function WayBack({ namespace }: { namespace: string }): ReactNode {
  const words = useWords();
  return (
    <span className="top-way">
      <Link to={CHECKS_PATH}>
        <Icon name="back" size={16} />
        {words.pages.checks}
      </Link>
      <span aria-hidden="true">/</span>
      <Link className="top-way-namespace" to={`${CHECKS_PATH}?ns=${encodeURIComponent(namespace)}`}>
        {namespace}
      </Link>
    </span>
  );
}

function NamespacePicker(): ReactNode {
  const words = useWords();
  const checks = useLive((state) => state.checks);
  const chosen = new URLSearchParams(useLocation().search).get('ns') ?? '';
  const names = useMemo(() => [...new Set(checks.map((check) => check.namespace))], [checks]);
  if (chosen !== '' && !names.includes(chosen)) names.push(chosen);
  return (
    <label className="select">
      <span className="hidden">{words.namespace}</span>
      <select value={chosen} onChange={(event) => setSearch({ ns: event.target.value })}>
        <option value="">{words.allNamespaces}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
