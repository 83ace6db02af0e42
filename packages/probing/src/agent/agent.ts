// The agent without its process: messages in, messages out. It runs what it is assigned, measures
// how well it could, and hands the results on. It stores nothing and decides nothing about health.

import type { Clock, Logger, Timer } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import type { PluginRegistry } from '../plugin/plugin-registry.ts';
import type { ProbeRunner } from '../probe.ts';
import { assertInterval } from '../scheduler/planned-instants.ts';
import { type RunPlan, Scheduler } from '../scheduler/scheduler.ts';
import { assignmentDifference, checkKey } from './assignment-difference.ts';
import type { LoopLag } from './loop-lag.ts';
import type { AgentStatistics, Assignment, FromAgent, ToAgent } from './protocol.ts';
import { ResultOutbox } from './result-outbox.ts';
import { withLoopLag } from './stalled-result.ts';

const STATISTICS_MS = 1_000;
/** Of the 5 s that a stop may take; the rest is for aborting and handing in. */
const STOP_GRACE_MS = 4_000;

export interface AgentOptions {
  clock: Clock;
  logger: Logger;
  runner: ProbeRunner;
  /** The runner's; default: assignments bring none. */
  plugins?: PluginRegistry;
  loopLag: LoopLag;
  residentBytes: () => number;
  send: (message: FromAgent) => void;
}

export class Agent {
  readonly #options: AgentOptions;
  readonly #scheduler: Scheduler<CompiledCheck, ProbeResult>;
  readonly #outbox: ResultOutbox;
  readonly #assigned = new Map<string, CompiledCheck>();
  #lookedAtMs: number;
  #timer: Timer | undefined;
  #closing = false;

  constructor(options: AgentOptions) {
    const { clock, logger, send } = options;
    this.#options = options;
    this.#outbox = new ResultOutbox(clock, (batch, results) =>
      send({ type: 'results', batch, results }),
    );
    this.#scheduler = new Scheduler({
      clock,
      logger,
      run: (check, plan, signal) => this.#run(check, plan, signal),
      sink: (result) => this.#outbox.push(result),
    });
    this.#lookedAtMs = clock.nowMs();
    this.#armStatistics();
  }

  /** Everything but `stop`, which concerns the process: it calls close. */
  receive(message: Exclude<ToAgent, { type: 'stop' }>): void {
    if (message.type === 'assign') this.#receive(message.assignment);
    else if (message.type === 'run') {
      this.#scheduler.runNow(checkKey(message.namespace, message.check));
    } else if (message.type === 'try') void this.#try(message.id, message.check);
    else this.#outbox.stored(message.batch);
  }

  /** Stops within 5 s: runs in flight end or are aborted, and every result is sent. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#timer?.cancel();
    await this.#scheduler.close(STOP_GRACE_MS);
    this.#outbox.close();
    this.#sendStatistics();
    this.#options.loopLag.close();
    await this.#options.runner.close();
  }

  /** Assignments are taken in the order in which they came, for the plugins are loaded in it. */
  #receive(assignment: Assignment): void {
    const loading = this.#options.plugins?.use(assignment.plugins ?? []);
    if (loading === undefined) this.#assign(assignment);
    else
      void loading.then(() => {
        if (!this.#closing) this.#assign(assignment);
      });
  }

  /** What cannot be taken is told and the assignment before stays in force. */
  #assign(assignment: Assignment): void {
    const { revision } = assignment;
    try {
      this.#options.runner.setEgress(assignment.egress);
      this.#take(assignment.checks);
      this.#options.send({ type: 'assigned', revision });
    } catch (error) {
      this.#options.send({ type: 'assigned', revision, problem: String(error) });
    }
  }

  #take(checks: readonly CompiledCheck[]): void {
    for (const { intervalMs } of checks) assertInterval(intervalMs);
    const difference = assignmentDifference(this.#assigned, checks);
    for (const key of difference.removed) {
      this.#assigned.delete(key);
      this.#scheduler.remove(key);
    }
    for (const check of difference.set) {
      const key = checkKey(check.namespace, check.name);
      this.#assigned.set(key, check);
      this.#scheduler.set(key, { intervalMs: check.intervalMs, paused: check.paused }, check);
    }
  }

  /** Never rejects: a run always comes to a result. How many at a time is for the server to bound. */
  async #try(id: number, check: CompiledCheck): Promise<void> {
    const plannedAtMs = this.#options.clock.wallMs();
    const plan = { plannedAtMs, attempt: 0, startedLateMs: 0 };
    const result = await this.#run(check, plan);
    this.#options.send({ type: 'tried', id, result });
  }

  async #run(check: CompiledCheck, plan: RunPlan, signal?: AbortSignal): Promise<ProbeResult> {
    const startedMs = this.#options.clock.nowMs();
    const result = await this.#options.runner.run(check, plan, signal);
    return withLoopLag(result, this.#options.loopLag.worstMs(startedMs));
  }

  #armStatistics(): void {
    this.#timer = this.#options.clock.after(STATISTICS_MS, () => {
      this.#sendStatistics();
      this.#armStatistics();
    });
  }

  #sendStatistics(): void {
    this.#options.send({ type: 'statistics', statistics: this.#statistics() });
    this.#lookedAtMs = this.#options.clock.nowMs();
  }

  #statistics(): AgentStatistics {
    const { lagMsP99, ...schedule } = this.#scheduler.statistics();
    return {
      ...schedule,
      residentBytes: this.#options.residentBytes(),
      shed: this.#outbox.shed,
      loopLagMs: this.#options.loopLag.worstMs(this.#lookedAtMs),
      scheduleLagMsP99: lagMsP99,
    };
  }
}
