// Who answers a key: the newest page or overlay that wants the command, the shell last. An overlay
// keeps all of them, so that nothing moves behind it. Strokes become commands in keys.ts.

import { useEffect, useRef } from 'react';
import { type Command, type KeyMemory, strike } from './keys.ts';

/** Returning `false` passes the command on to the next in line. */
export type CommandHandlers = Partial<Record<Command, () => unknown>>;

/** Overlays are asked first, though a page behind may come later; they let nothing through to it. */
const LEVELS = ['base', 'page', 'overlay'] as const;
type Level = (typeof LEVELS)[number];

interface Listener {
  handlers: () => CommandHandlers;
  level: Level;
}

const stack: Listener[] = [];
let memory: KeyMemory = {};

export function useCommands(handlers: CommandHandlers, level: Level = 'page'): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const listener: Listener = { handlers: () => latest.current, level };
    stack.push(listener);
    stack.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
    return () => {
      stack.splice(stack.indexOf(listener), 1);
    };
  }, [level]);
}

/** Called once, by the page's entry. */
export function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const struck = strike(memory, {
      key: event.key,
      control: event.ctrlKey || event.metaKey,
      alternate: event.altKey,
      inField: isField(event.target),
      atMs: event.timeStamp,
    });
    memory = struck.memory;
    if (struck.command === undefined || isNativeEnter(event)) return;
    if (dispatch(struck.command)) event.preventDefault();
  });
}

/** True when somebody answered. */
export function dispatch(command: Command): boolean {
  for (const listener of [...stack].reverse()) {
    const handler = listener.handlers()[command];
    if (handler !== undefined && handler() !== false) return true;
    if (listener.level === 'overlay') return false;
  }
  return false;
}

/** Moves the focus along the stops of the page (`data-stop`), from the top when none has it. */
export function moveFocus(step: 1 | -1): boolean {
  const stops = [...document.querySelectorAll<HTMLElement>('main [data-stop]')];
  const focused = document.activeElement;
  const at = focused instanceof HTMLElement ? stops.indexOf(focused) : -1;
  const next = at < 0 ? (step === 1 ? stops[0] : stops.at(-1)) : stops[at + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type))
  );
}

/** Enter on a link or button is already an act of its own. */
function isNativeEnter(event: KeyboardEvent): boolean {
  return (
    event.key === 'Enter' &&
    event.target instanceof HTMLElement &&
    event.target.closest('a, button, summary') !== null
  );
}
