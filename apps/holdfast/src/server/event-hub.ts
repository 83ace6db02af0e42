// Live events to every open page. The last events are kept so that a page that lost its line goes on
// where it was; one that was away for longer is told to read everything again. A page that does not
// read is let go before it costs memory.

import { Ring } from '@holdfast/kernel';
import type { LiveEvent } from '@holdfast/resources/api';

/** About half a minute of a thousand results a second would not fit; a minute of the usual does. */
const KEPT_EVENTS = 2_000;

export interface NumberedEvent {
  id: number;
  event: LiveEvent;
}

export type Listener = (event: NumberedEvent) => void;

export interface EventHub {
  publish(event: LiveEvent): void;
  /**
   * Calls the listener with each event from now on. With `afterId`, first with those missed since;
   * if these are no longer all kept, with a `reset` instead. Returns how to stop.
   */
  listen(listener: Listener, afterId?: number): () => void;
  readonly listeners: number;
}

export function createEventHub(): EventHub {
  const kept = new Ring<NumberedEvent>(KEPT_EVENTS);
  const listeners = new Set<Listener>();
  let lastId = 0;
  return {
    publish: (event) => {
      lastId += 1;
      const numbered = { id: lastId, event };
      kept.push(numbered);
      for (const listener of listeners) listener(numbered);
    },
    listen: (listener, afterId) => {
      if (afterId !== undefined) catchUp(listener, afterId, lastId, kept.toArray());
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get listeners() {
      return listeners.size;
    },
  };
}

function catchUp(
  listener: Listener,
  afterId: number,
  lastId: number,
  kept: readonly NumberedEvent[],
): void {
  const oldest = kept[0]?.id ?? lastId + 1;
  // An id from before a restart is larger than any of ours.
  if (afterId > lastId || afterId < oldest - 1) {
    listener({ id: lastId, event: { type: 'reset' } });
    return;
  }
  for (const event of kept) if (event.id > afterId) listener(event);
}
