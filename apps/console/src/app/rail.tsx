// The rail: pages with icon and word, and below them what is set once. On a narrow screen it is a
// bar at the bottom, where a thumb reaches it.

import type { ReactNode } from 'react';
import { Icon, type IconName } from '../parts/icon.tsx';
import { useWords } from '../words/use-words.ts';
import { useLive } from './live-store.ts';
import { Link } from './location.tsx';
import { setTheme, THEMES, toggleLanguage, useTheme } from './preferences.ts';
import { ALERTS_PATH, CHECKS_PATH, FLEET_PATH, OVERVIEW_PATH, type Route } from './route.ts';

export function Rail({ route, showHelp }: { route: Route; showHelp: () => void }): ReactNode {
  const words = useWords();
  const firing = useLive(
    (state) => state.alerts.filter((alert) => alert.state === 'firing').length,
  );
  return (
    <nav className="rail" aria-label={words.navigation}>
      <Link className="rail-logo" to={OVERVIEW_PATH} aria-label="Holdfast" title="Holdfast">
        <Logo />
      </Link>
      <RailLink
        to={OVERVIEW_PATH}
        icon="overview"
        word={words.pages.overview}
        here={route.page === 'overview'}
      />
      <RailLink
        to={CHECKS_PATH}
        icon="checks"
        word={words.pages.checks}
        here={['checks', 'check', 'editor'].includes(route.page)}
      />
      <RailLink
        to={ALERTS_PATH}
        icon="alerts"
        word={words.pages.alerts}
        here={route.page === 'alerts'}
        badge={firing}
      />
      <RailLink
        to={FLEET_PATH}
        icon="fleet"
        word={words.pages.fleet}
        here={route.page === 'fleet'}
      />
      <span className="rail-space" />
      <ThemeButton />
      <button type="button" className="rail-item" onClick={toggleLanguage}>
        <span className="rail-glyph" aria-hidden="true">
          {words.locale === 'zh-CN' ? 'EN' : '中'}
        </span>
        <span className="rail-word">{words.language}</span>
        <span className="hidden">{words.palette.languageAction}</span>
      </button>
      <button type="button" className="rail-item rail-keys" onClick={showHelp}>
        <Icon name="keys" />
        <span className="rail-word">{words.keysTitle}</span>
      </button>
    </nav>
  );
}

function RailLink({
  to,
  icon,
  word,
  here,
  badge = 0,
}: {
  to: string;
  icon: IconName;
  word: string;
  here: boolean;
  badge?: number;
}): ReactNode {
  return (
    <Link className="rail-item" to={to} aria-current={here ? 'page' : undefined}>
      <Icon name={icon} />
      <span className="rail-word">{word}</span>
      {badge > 0 && <span className="rail-badge">{badge > 99 ? '99+' : badge}</span>}
    </Link>
  );
}

function ThemeButton(): ReactNode {
  const words = useWords();
  const theme = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return (
    <button
      type="button"
      className="rail-item"
      onClick={() => setTheme(next)}
      aria-label={`${words.theme.label}: ${words.theme[theme]}`}
      title={words.theme[theme]}
    >
      <Icon name={theme} />
      <span className="rail-word">{words.theme.label}</span>
    </button>
  );
}

/** A cleat with a rope's turn: what holds fast. */
function Logo(): ReactNode {
  return (
    <svg className="logo" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
      <path d="M3 9.5c4-1.6 16-1.6 20 0M9.5 9v8M16.5 9v8M6 20h14" />
      <path className="logo-rope" d="M8 14.5c3-2.5 7 2 10-.5" />
    </svg>
  );
}
