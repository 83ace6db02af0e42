// The agents of a fleet, to the server that they measure for: planned checks go through assignments,
// single runs through the queue or to whoever listens here.

import type { FleetView } from '@holdfast/fleet/membership';
import type { Logger } from '@holdfast/kernel';
import type { AgentSummary } from '@holdfast/resources/api';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Configuration } from '@holdfast/resources/load';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import type { Agents } from '../agents.ts';
import type { RunDesk } from '../run-desk.ts';
import type { AgentReports } from './agent-reports.ts';
import type { OrderDesk } from './order-desk.ts';

export interface FleetAgentsOptions {
  enforce(configuration: Configuration): void;
  fleet: FleetView;
  orders: OrderDesk;
  reports: AgentReports;
  runs(): RunDesk;
  logger: Logger;
}

export class FleetAgents implements Agents {
  readonly #options: FleetAgentsOptions;
  readonly #closing = new AbortController();
  #isEnforced = false;

  constructor(options: FleetAgentsOptions) {
    this.#options = options;
  }

  /** What the store says is what this server goes by; agents take it up in their own time. */
  get inForce(): boolean {
    return this.#isEnforced && this.#options.fleet.staleSinceMs === undefined;
  }

  enforce(configuration: Configuration): void {
    this.#options.enforce(configuration);
    this.#isEnforced = true;
  }

  summaries(): AgentSummary[] {
    return this.#options.reports.summaries();
  }

  /** Into the queue: whether somebody takes it shows in the history of runs. */
  runNow(check: CheckReference): boolean {
    if (this.#options.fleet.agents().length === 0) return false;
    this.#options
      .runs()
      .ask({ ...check, by: 'console' })
      .catch((error: unknown) =>
        this.#options.logger.warn('A run could not be asked for.', { ...check, error }),
      );
    return true;
  }

  try(check: CompiledCheck): Promise<ProbeResult> {
    return this.#options.orders.try(check, this.#closing.signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The server ends'));
  }
}
