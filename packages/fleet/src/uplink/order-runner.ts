// Runs that a server orders, measured once by the prober beside its plan. A few at a time: what the
// prober cannot take yet stays in the stream. A prober that is just starting is waited for a moment;
// an order that cannot be measured is answered with why.

import {
  type Chance,
  type Clock,
  isHoldfastError,
  type Logger,
  type Release,
  Semaphore,
  sleep,
} from '@holdfast/kernel';
import type { RunOrder } from '@holdfast/resources/fleet';
import { Backoff } from '../backoff.ts';
import { withTimeLimit } from '../time-limit.ts';
import type { ControlPlane, RunOutcome } from './control-plane.ts';
import type { Gate } from './gate.ts';
import type { ProberLink } from './uplink.ts';

export interface OrderRunnerOptions {
  controlPlane: Pick<ControlPlane, 'orders' | 'finish'>;
  agent: string;
  prober: Pick<ProberLink, 'try'>;
  /** Open while orders may be taken. */
  gate: Gate;
  /** Open once the prober can measure: an order that it must refuse is lost to those who could. */
  inForce: Gate;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

/** As many as the prober tries at a time. */
const IN_FLIGHT_MAX = 4;
const FINISH_MS_MAX = 10_000;
/** Less than a server waits beyond the check's own timeout. */
const PROBER_WAIT_MS = 4_000;
const PROBER_LOOK_MS = 200;
const RETRY_BASE_MS = 250;
const RETRY_CAP_MS = 10_000;

/** Until `signal` aborts; never rejects. */
export async function runOrders(options: OrderRunnerOptions, signal: AbortSignal): Promise<void> {
  const { gate, inForce, logger } = options;
  const backoff = new Backoff({ ...options, baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS });
  const permits = new Semaphore(IN_FLIGHT_MAX);
  let failing = false;
  while (!signal.aborted) {
    try {
      await inForce.whenOpen(signal);
      await gate.whenOpen(signal);
      for await (const order of options.controlPlane.orders(options.agent, signal)) {
        backoff.reset();
        failing = false;
        const release = await permits.acquire(signal);
        void carryOut(options, order, release, signal);
      }
    } catch (error) {
      if (!signal.aborted && !failing) logger.warn('No server gives orders for runs.', { error });
      failing = true;
    }
    await backoff.wait(signal);
  }
}

/** Never rejects. Who ordered it hears nothing when the answer fails, and gives it to another. */
async function carryOut(
  options: OrderRunnerOptions,
  order: RunOrder,
  release: Release,
  signal: AbortSignal,
): Promise<void> {
  const { controlPlane, agent, clock, logger } = options;
  try {
    const outcome = await measure(options, order, signal);
    const late = 'No server took the outcome of a run in time';
    await withTimeLimit({ clock, limitMs: FINISH_MS_MAX, late }, signal, (limit) =>
      controlPlane.finish(agent, outcome, limit),
    );
  } catch (error) {
    if (!signal.aborted)
      logger.warn('The outcome of a run was not told.', { run: order.run, error });
  } finally {
    release();
  }
}

async function measure(
  { prober, clock }: OrderRunnerOptions,
  { run, check }: RunOrder,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const untilMs = clock.nowMs() + PROBER_WAIT_MS;
  for (;;) {
    try {
      return { run, result: await prober.try(check) };
    } catch (error) {
      const mayPass = isHoldfastError(error) && ['AGENT_FAILED', 'BUSY'].includes(error.code);
      if (!mayPass || clock.nowMs() >= untilMs)
        return { run, problem: isHoldfastError(error) ? error.message : String(error) };
      await sleep(clock, PROBER_LOOK_MS, signal);
    }
  }
}
