// Somebody wants a check run now: the request goes into a stream, and each location takes it from
// there. A request that nobody took for ten minutes is over; whoever asked has long gone on.

import type { Events } from '@holdfast/engines/events';
import { type Chance, type Clock, newId } from '@holdfast/kernel';
import type { RunFinished, RunRequest } from '@holdfast/resources/fleet';

export const RUNS_STREAM = 'runs';
export const RUN_EXPIRES_MS = 600_000;

export interface AskedRun {
  namespace: string;
  check: string;
  /** Absent: at each location of the check. */
  location?: string;
  /** Who asks, for the history. */
  by: string;
}

/** Resolves when the request is in the stream; rejects with EVENTS_FAILED. */
export async function requestRun(
  { events, clock, chance }: { events: Events; clock: Clock; chance: Chance },
  asked: AskedRun,
): Promise<RunRequest> {
  const request = { ...asked, run: newId(clock, chance), requestedAtMs: clock.wallMs() };
  await events.publish(RUNS_STREAM, {
    id: request.run,
    type: 'RunRequested',
    key: request.run,
    atMs: request.requestedAtMs,
    data: request,
  });
  return request;
}

/** One event for each location, the same however often it is published. */
export function publishFinished(events: Events, finished: RunFinished, atMs: number) {
  return events.publish(RUNS_STREAM, {
    id: `${finished.run}@${finished.location}`,
    type: 'RunFinished',
    key: finished.run,
    atMs,
    data: finished,
  });
}

/** `data` comes from a stream that others write too; undefined for what is no such record. */
export function asRequest(data: unknown): RunRequest | undefined {
  const { run, namespace, check, by, location, requestedAtMs } = (data ?? {}) as Record<
    keyof RunRequest,
    unknown
  >;
  const texts = [run, namespace, check, by, location ?? ''];
  const holds = texts.every((text) => typeof text === 'string') && Number.isFinite(requestedAtMs);
  return holds ? (data as RunRequest) : undefined;
}

export function asFinished(data: unknown): RunFinished | undefined {
  const { run, location, result } = (data ?? {}) as Record<keyof RunFinished, unknown>;
  const key = (result as RunFinished['result'] | undefined)?.key;
  const holds = typeof run === 'string' && typeof location === 'string' && typeof key === 'object';
  return holds ? (data as RunFinished) : undefined;
}
