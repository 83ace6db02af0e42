// From key strokes to commands: pure, one stroke of memory (`g` waits for its letter). Text fields
// keep their keys, except those that leave them. Modifiers other than Ctrl/⌘-K belong to the browser.

export type Command =
  | 'search'
  | 'palette'
  | 'help'
  | 'next'
  | 'previous'
  | 'open'
  | 'close'
  | 'go-overview'
  | 'go-checks'
  | 'go-alerts'
  | 'go-fleet';

export interface Stroke {
  key: string;
  control: boolean;
  alternate: boolean;
  /** The focus is in a field that takes text. */
  inField: boolean;
  atMs: number;
}

export interface KeyMemory {
  /** When `g` was struck. */
  goAtMs?: number;
}

/** Long enough for a slow hand, short enough to be forgotten. */
const GO_MS_MAX = 1500;

const GO: Record<string, Command> = {
  o: 'go-overview',
  c: 'go-checks',
  a: 'go-alerts',
  f: 'go-fleet',
};

const SINGLE: Record<string, Command> = {
  '/': 'search',
  '?': 'help',
  j: 'next',
  k: 'previous',
  Enter: 'open',
  Escape: 'close',
};

export function strike(
  memory: KeyMemory,
  stroke: Stroke,
): { memory: KeyMemory; command?: Command } {
  if (stroke.control && !stroke.alternate && stroke.key.toLowerCase() === 'k')
    return { memory: {}, command: 'palette' };
  if (stroke.control || stroke.alternate) return { memory: {} };
  if (stroke.inField)
    return stroke.key === 'Escape' ? { memory: {}, command: 'close' } : { memory: {} };
  if (memory.goAtMs !== undefined && stroke.atMs - memory.goAtMs <= GO_MS_MAX) {
    const command = GO[stroke.key];
    return command === undefined ? { memory: {} } : { memory: {}, command };
  }
  if (stroke.key === 'g') return { memory: { goAtMs: stroke.atMs } };
  const command = SINGLE[stroke.key];
  return command === undefined ? { memory: {} } : { memory: {}, command };
}
