// Servers before one engine, and clients of theirs: what tests of remote coordination begin with. All
// of it ends with the test.

import type { TestContext } from 'node:test';
import { type Clock, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { Coordination } from '../coordination/coordination.ts';
import { type EmbeddedCoordination, openEmbeddedCoordination } from '../embedded/open-embedded.ts';
import {
  type CoordinationServer,
  startCoordinationServer,
} from '../testing/coordination-server.ts';
import { agentScope, everythingScope, namespaceScope } from './coordination-service.ts';
import { openRemoteCoordination, type RemoteCoordinationOptions } from './remote-coordination.ts';

/** By token. */
export const SAMPLE_SCOPES = {
  all: everythingScope,
  shop: namespaceScope('shop', { writes: true }),
  reader: namespaceScope('shop', { writes: false }),
  bank: namespaceScope('bank', { writes: true }),
  agent: agentScope('fra', 'a1'),
};

export const WATCHES_PER_HOLDER_MAX = 3;

export interface SampleFleet {
  engine: EmbeddedCoordination;
  servers: CoordinationServer[];
  join(
    token: keyof typeof SAMPLE_SCOPES,
    options?: Partial<RemoteCoordinationOptions>,
  ): Coordination;
}

export async function sampleFleet(context: TestContext, count: number): Promise<SampleFleet> {
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  const engine = await openEmbeddedCoordination(parts);
  const options = {
    coordination: engine,
    scopes: SAMPLE_SCOPES,
    watchesPerHolderMax: WATCHES_PER_HOLDER_MAX,
  };
  const servers = await Promise.all(
    Array.from({ length: count }, () => startCoordinationServer(options)),
  );
  const clients: Coordination[] = [];
  context.after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await Promise.all(servers.map((server) => server.close()));
    await engine.close();
  });
  const join: SampleFleet['join'] = (token, own) => {
    const urls = servers.map(({ url }) => url);
    const client = openRemoteCoordination({ ...parts, servers: urls, token, ...own });
    clients.push(client);
    return client;
  };
  return { engine, servers, join };
}

/** The machine's clock, so many times as fast. */
export function fastClock(times: number): Clock {
  return {
    nowMs: () => systemClock.nowMs() * times,
    wallMs: () => systemClock.wallMs(),
    after: (delayMs, callback) => systemClock.after(delayMs / times, callback),
  };
}
