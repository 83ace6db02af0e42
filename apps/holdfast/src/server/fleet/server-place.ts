// A server's place among the servers: its record under a lease, what it has applied, and its standing
// for leader. It takes its place when it answers, and gives it up before it ceases to.

import type { Coordination } from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import { type Election, type Leadership, startElection } from '@holdfast/engines/leader';
import { openAppliedWriter } from '@holdfast/fleet/applied';
import { admitServer, joinFleet } from '@holdfast/fleet/membership';
import { type Chance, type Clock, LatencySketch, type Logger } from '@holdfast/kernel';
import type { ServerRecord } from '@holdfast/resources/fleet';
import type { AppliedResources } from '../../resource-store/resource-source.ts';

const ROLE = 'server';

export interface ServerPlaceOptions {
  coordination: Coordination;
  record: ServerRecord;
  leaseMs: number;
  /** Ours now, or (undefined) no longer. */
  onLeadership(leadership: Leadership | undefined): void;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

export interface ServerPlace {
  readonly election: Election;
  /** These resources are in force here now. */
  applied(resources: AppliedResources): void;
  /** Resigns and leaves. */
  close(): Promise<void>;
}

/** Rejects with CONFLICT while another server has this id, and with FLEET_MISMATCH. */
export async function takePlace(options: ServerPlaceOptions): Promise<ServerPlace> {
  const { coordination, record, leaseMs, onLeadership, clock, chance, logger } = options;
  const { id, url } = record;
  const surroundings = { coordination, clock, chance, logger };
  const member = await joinFleet({
    ...surroundings,
    leaseMs,
    key: KEYS.server(id),
    record,
    admit: () => admitServer(coordination, record),
  });
  const writer = openAppliedWriter({ ...surroundings, member, node: id, role: 'server' });
  const election = startElection({
    ...surroundings,
    leaseMs,
    role: ROLE,
    candidate: { id, url },
    onChange: ({ leadership }) => onLeadership(leadership),
  });
  const lags = new LatencySketch();
  return {
    election,
    applied: ({ revision, digest, faults, writtenAtMs }) => {
      const appliedAtMs = clock.wallMs();
      // What was written before we began was not waited for by anybody.
      if (writtenAtMs !== undefined && writtenAtMs >= record.startedAtMs)
        lags.add(Math.max(0, appliedAtMs - writtenAtMs));
      const lagMsP99 = lags.quantile(0.99);
      writer.report({
        revision: String(revision),
        digest,
        appliedAtMs,
        faults,
        ...(lagMsP99 === undefined ? {} : { lagMsP99 }),
      });
    },
    close: async () => {
      await election.close();
      await writer.close();
      await member.leave();
    },
  };
}
