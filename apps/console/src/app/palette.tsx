// The palette: pages, checks and actions by a few letters. The field keeps the focus; the arrow
// keys move through the offers, Enter takes one.

import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { markOf, StateMark } from '../parts/state-mark.tsx';
import type { Words } from '../words/en.ts';
import { useWords } from '../words/use-words.ts';
import { Dialog } from './dialog.tsx';
import type { LiveState } from './live-state.ts';
import { useLive } from './live-store.ts';
import { navigate } from './location.tsx';
import { type Offer, searchOffers } from './palette-search.ts';
import { toggleLanguage, toggleTheme } from './preferences.ts';
import { ALERTS_PATH, CHECKS_PATH, checkPath, FLEET_PATH, OVERVIEW_PATH } from './route.ts';

interface PaletteOffer extends Offer {
  id: string;
  kind: 'page' | 'check' | 'action';
  mark?: ReactNode;
  take: () => void;
}

export function Palette({
  close,
  showHelp,
}: {
  close: () => void;
  showHelp: () => void;
}): ReactNode {
  const words = useWords();
  const checks = useLive((state) => state.checks);
  const [query, setQuery] = useState('');
  const [place, setPlace] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const offers = useMemo(() => offersOf(words, checks, showHelp), [words, checks, showHelp]);
  const found = useMemo(() => searchOffers(offers, query), [offers, query]);
  const at = Math.min(place, Math.max(0, found.length - 1));
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const take = (offer: PaletteOffer | undefined): void => {
    if (offer === undefined) return;
    close();
    offer.take();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) setPlace((at + step + found.length) % found.length);
    if (event.key === 'Enter') take(found[at]);
    if (step !== 0 || event.key === 'Enter') event.preventDefault();
  };
  return (
    <Dialog close={close} label={words.searchOrJump} className="palette">
      <input
        type="text"
        role="combobox"
        aria-label={words.palette.placeholder}
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found.length === 0 ? undefined : `palette-${at}`}
        placeholder={words.palette.placeholder}
        value={query}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setQuery(event.target.value);
          setPlace(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="palette-list" role="listbox" aria-label={words.searchOrJump} ref={list}>
        {found.map((offer, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys.
          <div
            key={offer.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            onClick={() => take(offer)}
            onPointerMove={() => setPlace(index)}
          >
            <span className="palette-mark">{offer.mark}</span>
            <span className="palette-text">{offer.text}</span>
            <span className="palette-hint">{offer.hint}</span>
            <span className="palette-kind">{words.palette[offer.kind]}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="palette-nothing">{words.palette.nothing}</p>}
    </Dialog>
  );
}

function offersOf(words: Words, checks: LiveState['checks'], showHelp: () => void): PaletteOffer[] {
  const page = (text: string, hint: string, path: string): PaletteOffer => ({
    id: path,
    kind: 'page',
    text,
    hint,
    take: () => navigate(path),
  });
  const action = (text: string, hint: string, take: () => void): PaletteOffer => ({
    id: text,
    kind: 'action',
    text,
    hint,
    take,
  });
  const worst = { down: 0, degraded: 1, unknown: 2, up: 3 };
  const sorted = [...checks].sort((a, b) => worst[a.state] - worst[b.state]);
  return [
    page(words.pages.overview, 'g o', OVERVIEW_PATH),
    page(words.pages.checks, 'g c', CHECKS_PATH),
    page(words.pages.alerts, 'g a', ALERTS_PATH),
    page(words.pages.fleet, 'g f', FLEET_PATH),
    action(words.palette.themeAction, '', toggleTheme),
    action(words.palette.languageAction, '', toggleLanguage),
    action(words.palette.keysAction, '?', showHelp),
    ...sorted.map(
      (check): PaletteOffer => ({
        id: `${check.namespace}/${check.name}`,
        kind: 'check',
        text: `${check.namespace}/${check.name}`,
        hint: check.target,
        mark: <StateMark mark={markOf(check)} label={words.states[check.state]} />,
        take: () => navigate(checkPath(check.namespace, check.name)),
      }),
    ),
  ];
}
