// The present, by the server's clock, told once a second to whoever shows a span. Components give a
// function of it and render again only when its text changes.

import { useSyncExternalStore } from 'react';
import { liveStore } from './live-store.ts';

const TICK_MS = 1000;

const listeners = new Set<() => void>();
let timer: number | undefined;
let tickedAtMs = Date.now();

/** Server time in ms since 1970. */
export function serverNowMs(): number {
  return Date.now() + liveStore.state.get().skewMs;
}

/** `make` must return a text or a number: what is compared is what is shown. */
export function useNow<T extends string | number>(make: (nowMs: number) => T): T {
  return useSyncExternalStore(subscribe, () => make(tickedAtMs + liveStore.state.get().skewMs));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  tickedAtMs = Date.now();
  for (const listener of listeners) listener();
}
