// The browser's tab tells the verdict too, in its title and its mark, for whoever keeps it open
// behind other work.

import { useEffect } from 'react';
import degradedMark from '../style/mark-degraded.svg';
import downMark from '../style/mark-down.svg';
import upMark from '../style/mark-up.svg';
import { useWords } from '../words/use-words.ts';
import { useLive } from './live-store.ts';
import type { Route } from './route.ts';

export function useTabTitle(route: Route): void {
  const words = useWords();
  const down = useLive((state) => state.counts.down);
  const degraded = useLive((state) => state.counts.degraded);
  const place =
    route.page === 'check'
      ? `${route.namespace}/${route.name}`
      : route.page === 'missing'
        ? words.missing.title
        : route.page === 'editor'
          ? words.editor.newCheck
          : words.pages[route.page];
  useEffect(() => {
    document.title = `${down > 0 ? `▲ ${down} · ` : ''}${place} · Holdfast`;
  }, [down, place]);
  useEffect(() => {
    const mark = down > 0 ? downMark : degraded > 0 ? degradedMark : upMark;
    document.querySelector('link[rel="icon"]')?.setAttribute('href', mark);
  }, [down, degraded]);
}
