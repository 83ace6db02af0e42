// The server's hold on its agent: started, told its assignment, restarted when it dies, stopped with
// the server. The last assignment is kept here and told again after each restart, so that a crash
// of the agent costs the runs of that moment and nothing else.

import {
  type Chance,
  type Clock,
  fullJitter,
  type Logger,
  systemChance,
  type Timer,
} from '@holdfast/kernel';
import type { AgentSummary } from '@holdfast/resources/api';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import { type AgentEnd, AgentProcess } from './agent-process.ts';
import { BatchIntake } from './batch-intake.ts';
import type { AgentStatistics, Assignment, FromAgent } from './protocol.ts';
import { Trials } from './trials.ts';
import { EXIT_WARMED } from './warm-start.ts';

export type { AgentStatistics, Assignment } from './protocol.ts';

const RESTART_BASE_MS = 1_000;
const RESTART_CAP_MS = 30_000;
/** Who lived that long did not die of its start: the next restart is quick again. */
const STABLE_MS = 60_000;
/** The agent's own stop takes at most 4.5 s. */
const STOP_MS_MAX = 5_000;

export interface AgentLinkOptions {
  clock: Clock;
  logger: Logger;
  id: string;
  location: string;
  /** Of the restarts; default the system's. */
  chance?: Chance;
  /** The Node that runs the agent; default the one that runs this. */
  nodePath?: string;
  /** Called one batch at a time, at least once each; the batch is acknowledged when the promise resolves. */
  onResults: (results: readonly ProbeResult[]) => Promise<void>;
  /** Every second. */
  onStatistics?: (statistics: AgentStatistics) => void;
  /** At each start of the process. */
  onReady?: (pid: number) => void;
  /** Aborted: as close. */
  signal?: AbortSignal;
}

export interface AgentLink {
  /** Replaces what the agent runs, now and after its restarts. */
  assign(assignment: Assignment): void;
  /** The revision in force at the agent; 0 before the first. */
  readonly assignedRevision: number;
  runNow(check: CheckReference): void;
  /**
   * Measures a check once that need not be assigned, under the egress policy in force; its result
   * goes nowhere else. Rejects with a HoldfastError: BUSY while 4 are tried already, AGENT_FAILED
   * while no agent has taken its assignment.
   */
  try(check: CompiledCheck): Promise<ProbeResult>;
  summary(): AgentSummary;
  /** Stops the agent within 5 s and hands in its last results; twice is once. */
  close(): Promise<void>;
}

/** Returns at once; the agent is there with onReady. */
export function startAgent(options: AgentLinkOptions): AgentLink {
  return new Link(options);
}

class Link implements AgentLink {
  readonly #options: AgentLinkOptions;
  readonly #chance: Chance;
  readonly #intake: BatchIntake;
  readonly #trials: Trials;
  #process: AgentProcess | undefined;
  #startedMs = 0;
  #startedWallMs = 0;
  #ready = false;
  /** This process has taken an assignment, and with it an egress policy. */
  #policed = false;
  #failures = 0;
  #warmed = false;
  #restart: Timer | undefined;
  #assignment: Assignment | undefined;
  /** Sent to this process and not yet echoed; at most one at a time, later ones replace each other. */
  #unanswered: number | undefined;
  #statistics: AgentStatistics | undefined;
  #closing: Promise<void> | undefined;
  assignedRevision = 0;

  constructor(options: AgentLinkOptions) {
    const { clock, logger, onResults } = options;
    this.#options = options;
    this.#chance = options.chance ?? systemChance;
    this.#intake = new BatchIntake({ clock, chance: this.#chance, logger, store: onResults });
    this.#trials = new Trials(clock);
    this.#start();
    options.signal?.addEventListener('abort', () => void this.close(), { once: true });
    if (options.signal?.aborted) void this.close();
  }

  assign(assignment: Assignment): void {
    this.#assignment = assignment;
    this.#sendAssignment();
  }

  runNow({ namespace, check }: CheckReference): void {
    this.#process?.send({ type: 'run', namespace, check });
  }

  try(check: CompiledCheck): Promise<ProbeResult> {
    return this.#trials.ask(
      check,
      (message) => this.#policed && this.#process?.send(message) === true,
    );
  }

  summary(): AgentSummary {
    const { id, location } = this.#options;
    const last = this.#statistics;
    return {
      id,
      location,
      connected: this.#ready,
      startedAtMs: this.#startedWallMs,
      residentBytes: last?.residentBytes ?? 0,
      checks: last?.checks ?? 0,
      inFlight: this.#ready ? (last?.inFlight ?? 0) : 0,
      runs: last?.runs ?? 0,
      missed: last?.missed ?? 0,
      loopLagMs: last?.loopLagMs ?? 0,
      scheduleLagMsP99: last?.scheduleLagMsP99 ?? 0,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #start(): void {
    const { clock, id, location, nodePath = process.execPath } = this.#options;
    this.#startedMs = clock.nowMs();
    this.#startedWallMs = clock.wallMs();
    this.#statistics = undefined;
    const agent: AgentProcess = new AgentProcess({
      clock,
      id,
      location,
      nodePath,
      warmed: this.#warmed,
      onMessage: (message) => this.#receive(agent, message),
      onEnd: (end) => this.#ended(end),
    });
    this.#process = agent;
  }

  #receive(agent: AgentProcess, message: FromAgent): void {
    if (message.type === 'results') {
      const stored = () => void agent.send({ type: 'stored', batch: message.batch });
      this.#intake.put(message.results, stored);
    } else if (message.type === 'statistics') {
      this.#statistics = message.statistics;
      this.#options.onStatistics?.(message.statistics);
    } else if (message.type === 'assigned') this.#assigned(message.revision, message.problem);
    else if (message.type === 'tried') this.#trials.tried(message.id, message.result);
    else if (message.type === 'ready') this.#welcome(message.pid);
    else if (message.type === 'log')
      this.#options.logger[message.level](message.message, { ...message.fields, ...this.#who() });
    // Anything else is not ours: under `node --watch` the agent's Node reports its modules here too.
  }

  #welcome(pid: number): void {
    this.#ready = true;
    this.#sendAssignment();
    this.#options.onReady?.(pid);
  }

  #sendAssignment(): void {
    if (!this.#ready || this.#assignment === undefined || this.#unanswered !== undefined) return;
    this.#unanswered = this.#assignment.revision;
    this.#process?.send({ type: 'assign', assignment: this.#assignment });
  }

  #assigned(revision: number, problem: string | undefined): void {
    if (problem === undefined) {
      this.assignedRevision = revision;
      this.#policed = true;
    } else {
      const fields = { ...this.#who(), revision, problem };
      this.#options.logger.error('The agent did not take its assignment.', fields);
    }
    const newer = this.#assignment?.revision !== this.#unanswered;
    this.#unanswered = undefined;
    if (newer) this.#sendAssignment();
  }

  #ended(end: AgentEnd): void {
    this.#ready = false;
    this.#process = undefined;
    this.#unanswered = undefined;
    this.#policed = false;
    this.#trials.fail();
    if (this.#closing !== undefined) return;
    if (end.exitCode === EXIT_WARMED && !this.#warmed) this.#startWarmed();
    else this.#startAgain(end);
  }

  #startWarmed(): void {
    this.#warmed = true;
    this.#start();
  }

  #startAgain(end: AgentEnd): void {
    const { clock, logger } = this.#options;
    if (clock.nowMs() - this.#startedMs >= STABLE_MS) this.#failures = 0;
    const capMs = Math.min(RESTART_CAP_MS, RESTART_BASE_MS * 2 ** this.#failures);
    const pauseMs = Math.round(fullJitter(this.#chance, capMs));
    this.#failures += 1;
    const fields = { ...this.#who(), ...end, failures: this.#failures, restartInMs: pauseMs };
    logger.warn('The agent ended by itself and is started again.', fields);
    this.#restart = clock.after(pauseMs, () => this.#start());
  }

  async #close(): Promise<void> {
    this.#restart?.cancel();
    await this.#process?.stop(STOP_MS_MAX);
    await this.#intake.close();
  }

  #who() {
    return { agent: this.#options.id };
  }
}
