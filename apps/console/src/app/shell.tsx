// The frame around every page: rail, top bar, content, overlays, and the keys that work everywhere.
// A page that breaks is caught here, so that the way to the others stays.

import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { AlertsPage } from '../pages/alerts-page.tsx';
import { CheckPage } from '../pages/check-page.tsx';
import { ChecksPage } from '../pages/checks-page.tsx';
import { MissingPage } from '../pages/missing-page.tsx';
import { OverviewPage } from '../pages/overview-page.tsx';
import { Skeleton } from '../parts/notes.tsx';
import { useWords } from '../words/use-words.ts';
import { CrashBarrier } from './crash-barrier.tsx';
import { HelpOverlay } from './help-overlay.tsx';
import { moveFocus, useCommands } from './key-commands.ts';
import { navigate, useLocation } from './location.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import {
  ALERTS_PATH,
  CHECKS_PATH,
  FLEET_PATH,
  matchRoute,
  OVERVIEW_PATH,
  type Route,
} from './route.ts';
import { useTabTitle } from './tab-title.ts';
import { TopBar } from './top-bar.tsx';

/** Written in rarely: no part of the first load. */
const EditorPage = lazy(() =>
  import('../pages/editor-page.tsx').then((module) => ({ default: module.EditorPage })),
);

/** Looked at when something is wrong with Holdfast itself, or when it is set up. */
const FleetPage = lazy(() =>
  import('../pages/fleet-page.tsx').then((module) => ({ default: module.FleetPage })),
);

export type Overlay = 'palette' | 'help' | undefined;

export function Shell(): ReactNode {
  const words = useWords();
  const { pathname } = useLocation();
  const route = matchRoute(pathname);
  const [overlay, setOverlay] = useState<Overlay>();
  const content = useRef<HTMLElement>(null);
  useTabTitle(route);
  useFocusOnArrival(pathname, content);
  useCommands(
    {
      search: () => {
        if (!focusSearch()) setOverlay('palette');
      },
      palette: () => setOverlay('palette'),
      help: () => setOverlay('help'),
      next: () => moveFocus(1),
      previous: () => moveFocus(-1),
      close: () => leaveField(),
      'go-overview': () => navigate(OVERVIEW_PATH),
      'go-checks': () => navigate(CHECKS_PATH),
      'go-alerts': () => navigate(ALERTS_PATH),
      'go-fleet': () => navigate(FLEET_PATH),
    },
    'base',
  );
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {words.skipToContent}
      </a>
      <Rail route={route} showHelp={() => setOverlay('help')} />
      <TopBar route={route} showPalette={() => setOverlay('palette')} />
      <main id="content" tabIndex={-1} ref={content}>
        <CrashBarrier key={pathname}>
          <Page route={route} />
        </CrashBarrier>
      </main>
      {overlay === 'palette' && (
        <Palette close={() => setOverlay(undefined)} showHelp={() => setOverlay('help')} />
      )}
      {overlay === 'help' && <HelpOverlay close={() => setOverlay(undefined)} />}
    </div>
  );
}

function Page({ route }: { route: Route }): ReactNode {
  if (route.page === 'overview') return <OverviewPage />;
  if (route.page === 'checks') return <ChecksPage />;
  if (route.page === 'check') return <CheckPage namespace={route.namespace} name={route.name} />;
  if (route.page === 'editor' || route.page === 'fleet') {
    return (
      <Suspense fallback={<Skeleton lines={10} />}>
        {route.page === 'editor' ? <EditorPage /> : <FleetPage />}
      </Suspense>
    );
  }
  if (route.page === 'alerts') return <AlertsPage />;
  return <MissingPage />;
}

/** A new page starts at its content, for the keyboard and for screen readers; the first load does not. */
function useFocusOnArrival(pathname: string, content: React.RefObject<HTMLElement | null>): void {
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    content.current?.focus({ preventScroll: true });
  }, [pathname, content]);
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('main [data-search]');
  field?.focus();
  field?.select();
  return field !== null;
}

function leaveField(): boolean {
  const field = document.activeElement;
  if (!(field instanceof HTMLElement && field.matches('input, select, textarea'))) return false;
  field.blur();
  return true;
}
