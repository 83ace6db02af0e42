// The server's side of ad-hoc runs, one for each agent that it serves: the agents of a location form
// a group of the stream, so that each request goes to exactly one of them. What an agent could not make
// goes into the stream again for its location; what a server died with is claimed by another one. A
// request is acknowledged only once its result is stored and told, or it stands in the stream anew.

import type { Delivery, Events } from '@holdfast/engines/events';
import { type Chance, type Clock, type Logger, sleep } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { RunOrder, RunRequest } from '@holdfast/resources/fleet';
import type { ProbeResult } from '@holdfast/resources/result';
import { Backoff } from '../backoff.ts';
import { withTimeLimit } from '../time-limit.ts';
import {
  asRequest,
  publishFinished,
  RUN_EXPIRES_MS,
  RUNS_STREAM,
  requestAgain,
} from './run-request.ts';

export interface ConsumeRunsOptions {
  events: Events;
  location: string;
  /** Unique among those who consume for this location now: name the server too where two may serve one agent for a moment. */
  agent: string;
  /** The check as it is in force; undefined when there is none, or it is not measured at this location. */
  checkOf(request: RunRequest): CompiledCheck | undefined;
  /** Has the agent measure it; rejects when it cannot. */
  handOut(order: RunOrder, signal: AbortSignal): Promise<ProbeResult>;
  /** Resolves once it is stored. */
  store(result: ProbeResult): Promise<void>;
  /** Until what a dead server had in hand goes to another one; default 75,000, and never less than a check may take. */
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
/** A check may take 60 s. */
const CLAIM_AFTER_MS = 75_000;
const PAUSE_BASE_MS = 500;
const PAUSE_CAP_MS = 5_000;

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
  const {
    events,
    location,
    agent,
    claimAfterMs = CLAIM_AFTER_MS,
    inFlightMax = 4,
    logger,
  } = options;
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
          const { id } = delivery.event;
          logger.warn('A run waits to be claimed.', { run: id, location, agent, error });
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
  const { location, clock, checkOf, logger } = options;
  const request = asRequest(delivery.event);
  if (request === undefined) return delivery.ack();
  if (request.location !== undefined && request.location !== location) return delivery.ack();
  if (clock.wallMs() - request.requestedAtMs >= RUN_EXPIRES_MS) {
    logger.info('A requested run expired.', { run: request.run, location });
    return delivery.ack();
  }
  const check = checkOf(request);
  if (check === undefined) return delivery.ack();
  try {
    await make(options, request, check, signal);
  } catch (error) {
    await leave(options, request, error, signal);
  }
  await delivery.ack();
}

async function make(
  options: ConsumeRunsOptions,
  { run }: RunRequest,
  check: CompiledCheck,
  signal: AbortSignal,
): Promise<void> {
  const { events, location, clock, handOut, store } = options;
  const limitMs = check.timeoutMs + WAY_MS;
  const late = 'The agent did not answer in time';
  const result = await withTimeLimit({ clock, limitMs, late }, signal, (limit) =>
    handOut({ run, check }, limit),
  );
  await store(result);
  await publishFinished(events, { run, location, result }, clock.wallMs());
}

/** To whoever takes it next: at once when this agent is gone, else after a pause that grows. */
async function leave(
  options: ConsumeRunsOptions,
  request: RunRequest,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  const { location, agent, clock, logger } = options;
  const { run, attempt = 1 } = request;
  logger.warn('A run was not finished here.', { run, location, agent, attempt, error });
  const pauseMs = Math.min(PAUSE_CAP_MS, PAUSE_BASE_MS * 2 ** Math.min(attempt, 10));
  if (!signal.aborted) await sleep(clock, pauseMs, signal).catch(() => {});
  await requestAgain(options, request, location);
}
