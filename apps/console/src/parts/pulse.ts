// A class that changes with every new result, so that the style sheet can let the mark pulse once.
// What is there at the first sight does not pulse: only news does.

import { useRef } from 'react';

export function usePulse(plannedAtMs: number | undefined): string {
  const seen = useRef({ plannedAtMs, turn: 0 });
  if (seen.current.plannedAtMs !== plannedAtMs)
    seen.current = { plannedAtMs, turn: seen.current.turn + 1 };
  if (seen.current.turn === 0) return '';
  return seen.current.turn % 2 === 0 ? 'pulse-even' : 'pulse-odd';
}
