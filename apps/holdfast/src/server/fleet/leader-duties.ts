// What a server does while it leads and nobody else may: it assigns checks to agents, and it alerts.
// Both end with the leadership, and neither waits for the other.

import type { Coordination } from '@holdfast/engines/coordination';
import type { Leadership } from '@holdfast/engines/leader';
import { assignChecks, type CheckAssignment } from '@holdfast/fleet/assignment';
import { type AssignmentWriter, startAssignmentWriter } from '@holdfast/fleet/assignment-writer';
import type { FleetView } from '@holdfast/fleet/membership';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { HoldfastServer } from '../holdfast-server.ts';
import { type AlertingDuty, startAlertingDuty } from './alerting-duty.ts';

export interface LeaderDutiesOptions {
  server: HoldfastServer;
  coordination: Coordination;
  fleet: FleetView;
  leaseMs: number;
  resources(): { revision: bigint };
}

export class LeaderDuties {
  readonly #options: LeaderDutiesOptions;
  #writer: AssignmentWriter | undefined;
  #alerting: AlertingDuty | undefined;
  #term: bigint | undefined;
  /** One change of office after another. */
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: LeaderDutiesOptions) {
    this.#options = options;
  }

  /** Ours now, or (undefined) no longer. */
  follow(leadership: Leadership | undefined): void {
    if (leadership?.term === this.#term) return;
    this.#term = leadership?.term;
    const { logger } = this.#options.server.options;
    this.#turn = this.#turn
      .then(async () => {
        await this.#layDown();
        if (leadership !== undefined && !leadership.lost.aborted && !this.#closed)
          this.#takeUp(leadership);
      })
      .catch((error: unknown) => logger.error('A duty of the leader failed.', { error }));
  }

  checksChanged(): void {
    this.#writer?.checksChanged();
  }

  /** Checks that should run where no agent lives. */
  unassigned(checks: readonly CompiledCheck[]): CheckAssignment['unassigned'] {
    return (
      this.#writer?.unassigned ?? assignChecks(checks, this.#options.fleet.agents()).unassigned
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#term = undefined;
    await this.#turn;
    await this.#layDown();
  }

  #takeUp(leadership: Leadership): void {
    const { server, coordination, fleet, leaseMs, resources } = this.#options;
    const { clock, chance, logger } = server.options;
    logger.info('This server leads.', { term: String(leadership.term) });
    this.#writer = startAssignmentWriter({
      coordination,
      leadership,
      fleet,
      checks: () => ({
        checks: server.configuration.checks,
        revision: String(resources().revision),
      }),
      leaseMs,
      clock,
      chance,
      logger,
    });
    this.#alerting = startAlertingDuty(server, leadership);
  }

  async #layDown(): Promise<void> {
    const [writer, alerting] = [this.#writer, this.#alerting];
    this.#writer = undefined;
    this.#alerting = undefined;
    await Promise.all([writer?.close(), alerting?.close()]);
  }
}
