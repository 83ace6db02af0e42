// What a server does while it leads and nobody else may: it assigns checks to agents, and it alerts.
// Both end with the leadership. When events do not get through it looks into the store by itself, so
// that an outage of the event engine silences no alert.

import type { Coordination } from '@holdfast/engines/coordination';
import type { Leadership } from '@holdfast/engines/leader';
import { assignChecks, type CheckAssignment } from '@holdfast/fleet/assignment';
import { type AssignmentWriter, startAssignmentWriter } from '@holdfast/fleet/assignment-writer';
import type { FleetView } from '@holdfast/fleet/membership';
import { sleep } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { HoldfastServer } from '../holdfast-server.ts';
import type { LiveFeed } from './live-feed.ts';

const LOOK_MS = 5_000;
/** Of each check; more than pass between two looks at most intervals. */
const LOOK_RUNS = 10;

export interface LeaderDutiesOptions {
  server: HoldfastServer;
  coordination: Coordination;
  fleet: FleetView;
  feed: LiveFeed;
  leaseMs: number;
  resources(): { revision: bigint };
}

export class LeaderDuties {
  readonly #options: LeaderDutiesOptions;
  #writer: AssignmentWriter | undefined;
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
          await this.#takeUp(leadership);
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

  async #takeUp(leadership: Leadership): Promise<void> {
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
    const { guard } = leadership;
    await server.part('alerting').start(server.configuration, () => guard.prove());
    void this.#lookAfterAlerts(leadership.lost);
  }

  async #layDown(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await Promise.all([writer?.close(), this.#options.server.part('alerting').stop()]);
  }

  /** Never rejects. */
  async #lookAfterAlerts(lost: AbortSignal): Promise<void> {
    const { server, feed } = this.#options;
    const { clock, logger } = server.options;
    while (!lost.aborted && !this.#closed) {
      await sleep(clock, LOOK_MS, lost).catch(() => {});
      if (feed.well || lost.aborted || this.#closed) continue;
      try {
        const latest = await server.part('store').results.latest({ perCheck: LOOK_RUNS });
        await server.tell(latest.toSorted((a, b) => a.key.plannedAtMs - b.key.plannedAtMs));
      } catch (error) {
        logger.warn('The store could not be looked into for alerts.', { error });
      }
    }
  }
}
