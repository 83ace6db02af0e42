// Runs that agents of this server are told to make: each agent holds one stream of orders open, and
// what it measured comes back on its own. While an agent listens, it takes part in the queue of its
// location; when it is gone, what it had in hand goes to another one.

import type { Events } from '@holdfast/engines/events';
import { consumeRuns } from '@holdfast/fleet/runs';
import type { RunOutcome } from '@holdfast/fleet/uplink';
import {
  type Chance,
  type Clock,
  HoldfastError,
  type Logger,
  newId,
  sleep,
} from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { RunOrder, RunRequest } from '@holdfast/resources/fleet';
import type { ProbeResult } from '@holdfast/resources/result';

const SIGN_MS = 10_000;
/** Orders that an agent has not read yet. */
const UNREAD_MAX = 100;
const LISTENERS_MAX = 5_000;
/** Beyond a check's own timeout: the way to the agent and back, and an agent that has its hands full. */
const WAY_MS = 5_000;

export interface OrderDeskOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  events: Events;
  /** Names this server among those that one agent may speak to. */
  server: string;
  /** As it is in force; undefined when it is not measured at this location. */
  checkOf(request: RunRequest, location: string): CompiledCheck | undefined;
  store(result: ProbeResult): Promise<void>;
}

interface Listener {
  location: string;
  unread: RunOrder[];
  wake: () => void;
}

interface Waiter {
  resolve(result: ProbeResult): void;
  reject(error: Error): void;
}

export class OrderDesk {
  readonly #options: OrderDeskOptions;
  readonly #listeners = new Map<string, Listener>();
  /** By run and agent. */
  readonly #waiters = new Map<string, Waiter>();

  constructor(options: OrderDeskOptions) {
    this.#options = options;
  }

  /** Until `gone` aborts, or the same agent listens anew. Undefined: a sign of life. */
  async *orders(
    agent: string,
    location: string,
    gone: AbortSignal,
  ): AsyncIterable<RunOrder | undefined> {
    if (this.#listeners.size >= LISTENERS_MAX && !this.#listeners.has(agent))
      throw new HoldfastError('BUSY', `${LISTENERS_MAX} agents listen already`, 'Add a server.');
    const replaced = new AbortController();
    const signal = AbortSignal.any([gone, replaced.signal]);
    const listener: Listener = { location, unread: [], wake: () => {} };
    this.#listeners.get(agent)?.wake();
    this.#listeners.set(agent, listener);
    const consuming = this.#consume(agent, location, signal);
    try {
      yield undefined;
      while (!signal.aborted && this.#listeners.get(agent) === listener) {
        yield* listener.unread.splice(0);
        if (!(await this.#news(listener, signal))) yield undefined;
      }
    } finally {
      replaced.abort();
      if (this.#listeners.get(agent) === listener) this.#listeners.delete(agent);
      await consuming;
    }
  }

  finish(agent: string, { run, result, problem }: RunOutcome): void {
    const waiter = this.#waiters.get(keyOf(agent, run));
    if (result !== undefined) waiter?.resolve(result);
    else waiter?.reject(agentFailed(problem ?? 'the agent measured nothing'));
  }

  /** Measures a check at whichever agent listens here. Rejects with AGENT_FAILED. */
  async try(check: CompiledCheck, signal: AbortSignal): Promise<ProbeResult> {
    const { clock, chance } = this.#options;
    const agents = [...this.#listeners.keys()];
    const agent = agents[chance.integer(Math.max(1, agents.length))];
    if (agent === undefined) throw agentFailed('no agent speaks to this server now');
    const late = new AbortController();
    const timer = clock.after(check.timeoutMs + WAY_MS, () => late.abort());
    const limit = AbortSignal.any([signal, late.signal]);
    return this.#handOut(agent, { run: newId(clock, chance), check }, limit).finally(() =>
      timer.cancel(),
    );
  }

  #consume(agent: string, location: string, signal: AbortSignal): Promise<void> {
    const { events, clock, chance, logger, server, checkOf, store } = this.#options;
    return consumeRuns(
      {
        events,
        location,
        agent: `${agent}@${server}`,
        checkOf: (request) => checkOf(request, location),
        handOut: (order, limit) => this.#handOut(agent, order, limit),
        store,
        clock,
        chance,
        logger,
      },
      signal,
    );
  }

  #handOut(agent: string, order: RunOrder, signal: AbortSignal): Promise<ProbeResult> {
    const listener = this.#listeners.get(agent);
    if (listener === undefined || listener.unread.length >= UNREAD_MAX)
      return Promise.reject(agentFailed(`agent ${agent} takes no orders now`));
    if (signal.aborted) return Promise.reject(agentFailed('nobody waits for it any more'));
    const { promise, resolve, reject } = Promise.withResolvers<ProbeResult>();
    const key = keyOf(agent, order.run);
    const onAbort = () => reject(agentFailed(`agent ${agent} did not answer in time`));
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiters.set(key, { resolve, reject });
    listener.unread.push(order);
    listener.wake();
    return promise.finally(() => {
      signal.removeEventListener('abort', onAbort);
      this.#waiters.delete(key);
    });
  }

  /** False when nothing came for a while. */
  async #news(listener: Listener, signal: AbortSignal): Promise<boolean> {
    if (listener.unread.length > 0) return true;
    const woken = new AbortController();
    listener.wake = () => woken.abort();
    await sleep(this.#options.clock, SIGN_MS, AbortSignal.any([signal, woken.signal])).catch(
      () => {},
    );
    listener.wake = () => {};
    return listener.unread.length > 0;
  }
}

function keyOf(agent: string, run: string): string {
  return `${agent} ${run}`;
}

function agentFailed(what: string): HoldfastError {
  return new HoldfastError('AGENT_FAILED', what, 'Look at the agents on the fleet page.');
}
