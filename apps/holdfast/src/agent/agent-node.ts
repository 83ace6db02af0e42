// An agent of a fleet: the process that probes, and beside it the tie to the servers. It joins through
// them with a token and nothing else, keeps probing while they are away, and hands in later what it
// measured meanwhile.

import { join } from 'node:path';
import { KEYS } from '@holdfast/engines/keys';
import { openRemoteCoordination } from '@holdfast/engines/remote';
import { createServerCalls } from '@holdfast/engines/server-calls';
import { openAppliedWriter } from '@holdfast/fleet/applied';
import { joinFleet } from '@holdfast/fleet/membership';
import { Spool, startUplink, type UplinkStatus } from '@holdfast/fleet/uplink';
import type { Chance, Clock, Logger } from '@holdfast/kernel';
import { startAgent } from '@holdfast/probing/agent-link';
import { VERSION } from '../version.ts';
import { httpControlPlane } from './http-control-plane.ts';

export interface AgentNodeOptions {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  servers: readonly string[];
  token?: string;
  /** PEM. */
  ca?: string;
  id: string;
  location: string;
  dataFolder: string;
  leaseMs: number;
}

export interface AgentNode {
  status(): UplinkStatus;
  close(): Promise<void>;
}

/** Rejects with CONFLICT while another agent has this id, UNAUTHORIZED and FORBIDDEN for its token. */
export async function startAgentNode(options: AgentNodeOptions): Promise<AgentNode> {
  const { clock, chance, logger, servers, token, ca, id, location, dataFolder, leaseMs } = options;
  const access = { ...(token === undefined ? {} : { token }), ...(ca === undefined ? {} : { ca }) };
  const connection = { servers: [...servers], ...access, clock, chance, logger };
  const coordination = openRemoteCoordination(connection);
  const calls = createServerCalls(connection);
  const closeLines = async () => {
    calls.close();
    await coordination.close();
  };
  try {
    const member = await joinFleet({
      coordination,
      key: KEYS.agent(location, id),
      record: { id, location, version: VERSION, startedAtMs: clock.wallMs() },
      leaseMs,
      clock,
      chance,
      logger,
    });
    const applied = openAppliedWriter({
      coordination,
      member,
      node: id,
      role: 'agent',
      clock,
      logger,
    });
    const uplink = startUplink({
      agent: id,
      location,
      controlPlane: httpControlPlane({ calls, clock }, location),
      member,
      spool: await Spool.open({ folder: join(dataFolder, 'spool', id), clock, logger }),
      onApplied: (work) => applied.report({ ...work, faults: [] }),
      startProber: (onResults) => startAgent({ clock, chance, logger, id, location, onResults }),
      clock,
      chance,
      logger,
    });
    return {
      status: () => uplink.status(),
      close: async () => {
        await uplink.close();
        await applied.close();
        await member.leave();
        await closeLines();
      },
    };
  } catch (error) {
    await closeLines();
    throw error;
  }
}
