// Somebody wants a check run now: the request goes into a stream, and each location takes it from
// there. A request that nobody took for ten minutes is over; whoever asked has long gone on.

import type { Events, StreamEvent } from '@holdfast/engines/events';
import { type Chance, type Clock, newId } from '@holdfast/kernel';
import type { RunFinished, RunRequest } from '@holdfast/resources/fleet';

export const RUNS_STREAM = 'runs';
export const RUN_EXPIRES_MS = 600_000;
const DEFAULT_NAMESPACE = 'default';
/** Names are shorter. */
const TEXT_LENGTH_MAX = 512;

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

/** The request once more, for one location where it could not be made; rejects with EVENTS_FAILED. */
export async function requestAgain(
  { events, clock }: { events: Events; clock: Clock },
  request: RunRequest,
  location: string,
): Promise<void> {
  const attempt = (request.attempt ?? 1) + 1;
  await events.publish(RUNS_STREAM, {
    id: `${request.run}@${location}#${attempt}`,
    type: 'RunRequested',
    key: request.run,
    atMs: clock.wallMs(),
    data: { ...request, location, attempt },
  });
}

/**
 * Others write into the stream too, by hand or from a program: a check's name is enough, and what is
 * missing is taken from the entry. Undefined for what is no request.
 */
export function asRequest(event: Pick<StreamEvent, 'id' | 'type' | 'atMs' | 'data'>) {
  if (event.type !== 'RunRequested') return undefined;
  const written = (event.data ?? {}) as Partial<RunRequest>;
  const request = {
    run: event.id,
    namespace: DEFAULT_NAMESPACE,
    by: 'queue',
    requestedAtMs: event.atMs,
    ...written,
  };
  const { run, namespace, check, by, location = '', requestedAtMs, attempt = 1 } = request;
  const texts = [run, namespace, check, by, location];
  const holds =
    texts.every((text) => typeof text === 'string' && text.length <= TEXT_LENGTH_MAX) &&
    [requestedAtMs, attempt].every(Number.isFinite);
  return holds ? (request as RunRequest) : undefined;
}

export function asFinished(data: unknown): RunFinished | undefined {
  const { run, location, result } = (data ?? {}) as Record<keyof RunFinished, unknown>;
  const key = (result as RunFinished['result'] | undefined)?.key;
  const holds = typeof run === 'string' && typeof location === 'string' && typeof key === 'object';
  return holds ? (data as RunFinished) : undefined;
}
