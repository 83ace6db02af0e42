// One client of a coordination store, by its kind: what is loaded in the process of one side. Every
// kind does the same two operations on the same keys.

import type { Coordination } from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { bareGet, bareWrite, openBareEtcd } from './bare-etcd.ts';
import type { Operation } from './load.ts';

/** `bare`: requests to etcd that were encoded before. `folder`: embedded, with its journal on disk. */
export type ClientKind = 'memory' | 'folder' | 'etcd' | 'remote' | 'bare';

export interface CoordinationClient {
  operation(name: Operation): () => Promise<unknown>;
  /** Absent for `bare`. */
  coordination?: Coordination;
  close(): Promise<void>;
}

/** Of the server that `remote` goes through. */
export const BENCH_TOKEN = 'bench-token-of-one-run';
const KEY_COUNT = 1_000;
const VALUE = Buffer.alloc(300, 'policy ');
const ABSENT = KEYS.configuration('bench', 'absent');

/** `place`: an address, or a folder. */
export async function openClient(
  kind: ClientKind,
  place: string,
  connections: number,
): Promise<CoordinationClient> {
  if (kind === 'bare') return bareClient(place, connections);
  const coordination = await openCoordination(kind, place, connections);
  let turn = 0;
  const key = () => {
    turn += 1;
    return benchKey(turn);
  };
  const get = () => coordination.get(key());
  const write = () =>
    coordination.txn({
      if: [{ key: ABSENT, createRevision: 0n }],
      then: [{ type: 'put', key: key(), value: VALUE }],
    });
  return {
    operation: (name) => (name === 'get' ? get : write),
    coordination,
    close: () => coordination.close(),
  };
}

export function benchKey(number: number): string {
  return KEYS.configuration('bench', `policy-${number % KEY_COUNT}`);
}

async function bareClient(endpoint: string, connections: number): Promise<CoordinationClient> {
  const client = await openBareEtcd(endpoint, connections);
  const all = Array.from({ length: KEY_COUNT }, (_, number) => ({
    get: bareGet(benchKey(number)),
    write: bareWrite(ABSENT, benchKey(number), VALUE),
  }));
  let turn = 0;
  return {
    operation: (name) => () => {
      turn = (turn + 1) % KEY_COUNT;
      const request = all[turn]?.[name];
      if (request === undefined) throw new Error('There is no such request.');
      return client.send(request);
    },
    close: async () => client.close(),
  };
}

async function openCoordination(
  kind: Exclude<ClientKind, 'bare'>,
  place: string,
  connectionsMax: number,
): Promise<Coordination> {
  const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
  if (kind === 'etcd') {
    const { openEtcdCoordination } = await import('@holdfast/engines/etcd');
    return openEtcdCoordination({ ...parts, endpoints: place.split(','), connectionsMax });
  }
  if (kind === 'remote') {
    const { openRemoteCoordination } = await import('@holdfast/engines/remote');
    return openRemoteCoordination({ ...parts, servers: [place], token: BENCH_TOKEN });
  }
  const { openEmbeddedCoordination } = await import('@holdfast/engines/embedded');
  return openEmbeddedCoordination({ ...parts, ...(kind === 'folder' && { folder: place }) });
}
