// The server's side of ad-hoc runs, one for each agent that it serves: the agents of a location form
// a group of the stream, so that each request goes to exactly one of them, and to another when that
// one dies. A request is acknowledged only once its result is stored and told.

import type { Delivery, Events } from '@holdfast/engines/events';
import type { Chance, Clock, Logger } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { RunOrder, RunRequest } from '@holdfast/resources/fleet';
import type { ProbeResult } from '@holdfast/resources/result';
import { Backoff } from '../backoff.ts';
import { withTimeLimit } from '../time-limit.ts';
import { asRequest, publishFinished, RUN_EXPIRES_MS, RUNS_STREAM } from './run-request.ts';

export interface ConsumeRunsOptions {
  events: Events;
  location: string;
  /** Unique among those who consume for this location now: name the server too where two may serve one agent for a moment. */
  agent: string;
  /** The check as it is in force; undefined when there is none, or it is not measured at this location. */
  checkOf(request: RunRequest): CompiledCheck | undefined;
  /** Has the agent measure it; rejects when it cannot (then another gets it after `claimAfterMs`). */
  handOut(order: RunOrder, signal: AbortSignal): Promise<ProbeResult>;
  /** Resolves once it is stored. */
  store(result: ProbeResult): Promise<void>;
  /** Until a request goes to another agent; default 30,000, and never less than a check may take. */
  claimAfterMs?: number;
  /** At a time; default 4, as many as an agent tries at once. */
  inFlightMax?: number;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

const RETRY_BASE_MS = 250;
const RETRY_CAP_MS = 10_000;
/** Beyond a check's own timeout: the way to the agent and back. */
const WAY_MS = 5_000;

/** Returns when `signal` aborts; an events engine that is away is waited for. */
export async function consumeRuns(options: ConsumeRunsOptions, signal: AbortSignal): Promise<void> {
  const { logger, location, agent } = options;
  const backoff = new Backoff({ ...options, baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS });
  while (!signal.aborted) {
    try {
      await consume(options, signal, () => backoff.reset());
    } catch (error) {
      if (!signal.aborted) logger.warn('Requests for runs broke off.', { location, agent, error });
    }
    await backoff.wait(signal);
  }
}

export function runGroup(location: string): string {
  return `location:${location}`;
}

async function consume(
  options: ConsumeRunsOptions,
  signal: AbortSignal,
  onDelivery: () => void,
): Promise<void> {
  const { events, location, agent, claimAfterMs = 30_000, inFlightMax = 4, logger } = options;
  const running = new Set<Promise<void>>();
  const deliveries = events.consume(
    RUNS_STREAM,
    // `first`: a request may have come before the first agent of a location; old ones expire.
    // No more than can be in hand: what waits behind a busy agent is for the others.
    {
      group: runGroup(location),
      consumer: agent,
      from: 'first',
      claimAfterMs,
      unacknowledgedMax: inFlightMax,
    },
    signal,
  );
  try {
    for await (const delivery of deliveries) {
      onDelivery();
      const work = take(options, delivery, signal)
        .catch((error) => {
          if (signal.aborted) return;
          const { id } = delivery.event;
          logger.warn('A run was not finished here.', { run: id, location, agent, error });
        })
        .finally(() => running.delete(work));
      running.add(work);
      if (running.size >= inFlightMax) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
}

/** What is not for us is acknowledged at once: the group as a whole is done with it. */
async function take(
  options: ConsumeRunsOptions,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const { events, location, clock, checkOf, handOut, store, logger } = options;
  const request = delivery.event.type === 'RunRequested' && asRequest(delivery.event.data);
  if (!request) return delivery.ack();
  if (request.location !== undefined && request.location !== location) return delivery.ack();
  if (clock.wallMs() - request.requestedAtMs >= RUN_EXPIRES_MS) {
    logger.info('A requested run expired.', { run: request.run, location });
    return delivery.ack();
  }
  const check = checkOf(request);
  if (check === undefined) return delivery.ack();
  const limitMs = check.timeoutMs + WAY_MS;
  const late = 'The agent did not answer in time';
  const result = await withTimeLimit({ clock, limitMs, late }, signal, (limit) =>
    handOut({ run: request.run, check }, limit),
  );
  await store(result);
  await publishFinished(events, { run: request.run, location, result }, clock.wallMs());
  await delivery.ack();
}
