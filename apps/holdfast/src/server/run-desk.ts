// Runs that somebody asks for, as a server deals with them: into the stream that all servers share,
// and told of from there. Who measures takes them from the stream (`consumeRuns`).

import type { Events } from '@holdfast/engines/events';
import { type AskedRun, openRunBook, type RunBook, requestRun } from '@holdfast/fleet/runs';
import { newTraceId } from '@holdfast/kernel';
import type { RunState } from '@holdfast/resources/api';
import type { RunRequest } from '@holdfast/resources/fleet';
import { toldResult } from '../failure-answer.ts';
import type { HoldfastServer } from './holdfast-server.ts';

export interface RunDesk extends Pick<RunBook, 'wait' | 'history'> {
  /** Resolves when the request is in the stream. */
  ask(asked: AskedRun): Promise<RunState>;
  close(): Promise<void>;
}

export function openRunDesk(
  server: HoldfastServer,
  events: Events,
  locationsOf: (request: Pick<RunRequest, 'namespace' | 'check' | 'location'>) => string[],
): RunDesk {
  const { clock, chance, logger } = server.options;
  const book = openRunBook({
    events,
    locationsOf,
    tell: (result) => toldResult(result, server.configuration.faultTable, newTraceId(chance)),
    clock,
    chance,
    logger,
  });
  return {
    ask: async (asked) => {
      const { run, namespace, check, by, requestedAtMs } = await requestRun(
        { events, clock, chance },
        asked,
      );
      const locations = locationsOf(asked);
      return { run, namespace, check, by, requestedAtMs, state: 'queued', locations, results: [] };
    },
    wait: (run, waitMs, signal) => book.wait(run, waitMs, signal),
    history: (limit) => book.history(limit),
    close: () => book.close(),
  };
}
