// A server before etcd, in a process of its own, as agents meet it: it answers coordination over HTTP and
// does nothing else.

import { openEtcdCoordination } from '@holdfast/engines/etcd';
import { everythingScope } from '@holdfast/engines/remote-server';
import { type CoordinationServer, startCoordinationServer } from '@holdfast/engines/testing';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { answerParent } from '../child-process.ts';
import { BENCH_TOKEN } from './coordination-client.ts';

export interface ServerQuestion {
  endpoints: string[];
}

export interface ServerAnswer {
  url: string;
}

let server: CoordinationServer | undefined;

answerParent<ServerQuestion, ServerAnswer>(
  async ({ endpoints }) => {
    const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
    const coordination = await openEtcdCoordination({ ...parts, endpoints });
    const scopes = { [BENCH_TOKEN]: everythingScope };
    server = await startCoordinationServer({ coordination, scopes });
    return { url: server.url };
  },
  async () => server?.close(),
);
