// Events as tests and benches publish them: told apart by number, ascending as text.

import type { StreamEvent } from './events.ts';

export function event(number: number): StreamEvent {
  const id = `event-${String(number).padStart(3, '0')}`;
  return { id, type: 'Moved', key: `v-${number % 7}`, atMs: 1_000 + number, data: { number } };
}

export function numbered(from: number, to: number): StreamEvent[] {
  return Array.from({ length: to - from + 1 }, (_, i) => event(from + i));
}
