// An agent of a fleet: the process that probes, and beside it the tie to the servers. It joins through
// them with a token and nothing else, and only when it can probe: whoever gives up checks for it loses
// no run. It keeps probing while they are away, and hands in later what it measured meanwhile.

import { join } from 'node:path';
import { KEYS } from '@holdfast/engines/keys';
import { openRemoteCoordination } from '@holdfast/engines/remote';
import { createServerCalls } from '@holdfast/engines/server-calls';
import { openAppliedWriter } from '@holdfast/fleet/applied';
import { joinFleet } from '@holdfast/fleet/membership';
import { Spool, startUplink, type Uplink, type UplinkStatus } from '@holdfast/fleet/uplink';
import { type Chance, type Clock, type Logger, sleep } from '@holdfast/kernel';
import { type AgentLink, type AgentLinkOptions, startAgent } from '@holdfast/probing/agent-link';
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

/** A prober that does not start in time is waited for no longer: others are told of the agent then. */
const READY_MS_MAX = 10_000;

/** Rejects with CONFLICT while another agent has this id, UNAUTHORIZED and FORBIDDEN for its token. */
export async function startAgentNode(options: AgentNodeOptions): Promise<AgentNode> {
  const opened: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const uplink = await openUplink(options, (end) => opened.push(end));
    return { status: () => uplink.status(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What it opens is given to `owns`, to be closed the way back. */
async function openUplink(
  options: AgentNodeOptions,
  owns: (end: () => Promise<void> | void) => void,
): Promise<Uplink> {
  const { clock, chance, logger, servers, token, ca, id, location, dataFolder, leaseMs } = options;
  const surroundings = { clock, chance, logger };
  const access = { ...(token === undefined ? {} : { token }), ...(ca === undefined ? {} : { ca }) };
  const connection = { servers: [...servers], ...access, ...surroundings };
  const coordination = openRemoteCoordination(connection);
  owns(() => coordination.close());
  const calls = createServerCalls(connection);
  owns(() => calls.close());
  const prober = await startedProber(options);
  owns(() => prober.link.close());
  const member = await joinFleet({
    ...surroundings,
    coordination,
    key: KEYS.agent(location, id),
    record: { id, location, version: VERSION, startedAtMs: clock.wallMs() },
    leaseMs,
  });
  owns(() => member.leave());
  const applied = openAppliedWriter({
    coordination,
    member,
    node: id,
    role: 'agent',
    clock,
    logger,
  });
  owns(() => applied.close());
  const uplink = startUplink({
    ...surroundings,
    agent: id,
    location,
    controlPlane: httpControlPlane({ calls, clock }, location),
    member,
    spool: await Spool.open({ folder: join(dataFolder, 'spool', id), clock, logger }),
    onApplied: (work) => applied.report({ ...work, faults: [] }),
    startProber: prober.handOver,
  });
  owns(() => uplink.close());
  return uplink;
}

interface StartedProber {
  link: AgentLink;
  /** It has nothing to hand in before it was assigned something. */
  handOver(onResults: AgentLinkOptions['onResults']): AgentLink;
}

/** Resolves when it can take work, or does not come up in time and goes on trying. */
async function startedProber(options: AgentNodeOptions): Promise<StartedProber> {
  const { clock, chance, logger, id, location } = options;
  const ready = new AbortController();
  let intake: AgentLinkOptions['onResults'] = async () => {};
  const link = startAgent({
    clock,
    chance,
    logger,
    id,
    location,
    onResults: (results) => intake(results),
    onReady: () => ready.abort(),
  });
  await sleep(clock, READY_MS_MAX, ready.signal).catch(() => {});
  return {
    link,
    handOver: (onResults) => {
      intake = onResults;
      return link;
    },
  };
}
