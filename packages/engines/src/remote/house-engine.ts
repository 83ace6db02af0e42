// The engine as those see it who come through a server: where the engine does not let the server in,
// that is the server's failure and not the caller's, whose token may be as good as any.

import { isHoldfastError } from '@holdfast/kernel';
import type { Coordination, WatchItem } from '../coordination/coordination.ts';
import { coordinationFailed } from '../coordination/coordination-error.ts';
import type { LeaseAuthority } from '../coordination/lease-authority.ts';

/** What a service asks of an engine; closing it is its owner's business. */
export type HouseEngine = Pick<Coordination, 'get' | 'list' | 'txn' | 'watch' | 'facts' | 'leases'>;

export function houseEngine(engine: Coordination): HouseEngine {
  const { leases } = engine;
  return {
    get: (key, signal) => ofServer(engine.get(key, signal)),
    list: (prefix, options) => ofServer(engine.list(prefix, options)),
    txn: (transaction, signal) => ofServer(engine.txn(transaction, signal)),
    facts: () => ofServer(engine.facts()),
    watch: (prefix, from, signal) => watchOfServer(engine.watch(prefix, from, signal)),
    leases: {
      grant: (ttlMs) => ofServer(leases.grant(ttlMs)),
      renew: (id) => ofServer(leases.renew(id)),
      release: (id) => ofServer(leases.release(id)),
    } satisfies LeaseAuthority,
  };
}

async function ofServer<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw translated(error);
  }
}

async function* watchOfServer(items: AsyncIterable<WatchItem>): AsyncGenerator<WatchItem> {
  try {
    yield* items;
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (!isHoldfastError(error)) return error;
  if (error.code !== 'UNAUTHORIZED' && error.code !== 'FORBIDDEN') return error;
  return coordinationFailed(
    `The engine does not let this server in: ${error.message}`,
    'Give the server credentials that its engine accepts; the token of the caller is not at fault.',
    error,
  );
}
