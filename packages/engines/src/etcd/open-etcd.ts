// The door to etcd as an engine of coordination: a driver of our own on its published v3 gRPC API. It
// opens only when a member answers that is new enough, knows us, and is trusted.

import { type Chance, type Clock, HoldfastError, type Logger } from '@holdfast/kernel';
import { checkKey } from '../coordination/check-call.ts';
import { LeaseKeeper } from '../coordination/lease-keeper.ts';
import { type Endpoint, parseEndpoints } from './endpoint.ts';
import { Root } from './entries.ts';
import { EtcdCalls, type EtcdCallsOptions } from './etcd-calls.ts';
import { type EtcdCoordination, EtcdEngine } from './etcd-coordination.ts';
import { etcdFacts, refuseOldVersions } from './etcd-facts.ts';
import { EtcdLeases } from './etcd-leases.ts';
import type { TlsTrust } from './grpc-connection.ts';
import { StoreIdentity } from './store-identity.ts';
import { Watches } from './watches.ts';

export type { EtcdCoordination } from './etcd-coordination.ts';

export interface EtcdOptions {
  /** `http://host:port` or `https://host:port`, of one cluster. */
  endpoints: readonly string[];
  /** PEM, for `https`; without `ca` the authorities that Node knows. */
  tls?: TlsTrust;
  user?: string;
  password?: string;
  /** What every key begins with in etcd, so that several installations may share it; default nothing. */
  root?: string;
  /** Connections of this process, over which its calls are spread; 1 to 256, default 1. */
  connectionsMax?: number;
  /** Of each call with all its tries; default 5,000. */
  timeoutMs?: number;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

const CONNECTIONS_MAX = 256;
const TIMEOUT_MS = 5_000;

/** Rejects with USAGE, or as every call does when no member will do. */
export async function openEtcdCoordination(options: EtcdOptions): Promise<EtcdCoordination> {
  const callsOptions = checked(options);
  const { endpoints, clock, chance, logger } = callsOptions;
  const calls = new EtcdCalls(callsOptions);
  try {
    await refuseOldVersions(calls);
  } catch (error) {
    calls.close();
    throw error;
  }
  const root = new Root(options.root ?? '');
  const identity = new StoreIdentity(calls, chance, root);
  const leases = new EtcdLeases(calls, clock);
  const callsTo = (endpoint: Endpoint) =>
    new EtcdCalls({ ...callsOptions, endpoints: [endpoint], connectionsMax: 1 });
  return new EtcdEngine({
    calls,
    root,
    identity,
    leases,
    watches: new Watches({ calls, identity, root, clock, chance }),
    keeper: new LeaseKeeper({ authority: leases, clock, chance, logger }),
    facts: () => etcdFacts({ calls, callsTo, endpoints, identity }),
  });
}

function checked(options: EtcdOptions): EtcdCallsOptions {
  const { connectionsMax = 1, timeoutMs = TIMEOUT_MS, user, password, root, tls } = options;
  if (
    !(Number.isInteger(connectionsMax) && connectionsMax >= 1 && connectionsMax <= CONNECTIONS_MAX)
  )
    throw new HoldfastError(
      'USAGE',
      `${connectionsMax} connections to etcd were asked for.`,
      `Ask for 1 to ${CONNECTIONS_MAX}.`,
    );
  if ((user === undefined) !== (password === undefined))
    throw new HoldfastError(
      'USAGE',
      'Of user and password of etcd only one was named.',
      'Name both, or neither.',
    );
  if (root !== undefined && root !== '') checkKey(root);
  const { clock, chance, logger } = options;
  const credentials = user === undefined || password === undefined ? undefined : { user, password };
  const endpoints = parseEndpoints(options.endpoints);
  return { endpoints, tls, credentials, connectionsMax, timeoutMs, clock, chance, logger };
}
