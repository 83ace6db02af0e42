// The key that signs leases: one for the whole fleet, kept in the store that the fleet agrees on, made
// by whoever needs it first. It must never be logged, told through a server, or made a second time.

import type { Chance } from '@holdfast/kernel';
import type { Coordination } from './coordination.ts';
import { coordinationFailed } from './coordination-error.ts';
import { KEYS } from './keys.ts';

const KEY_BYTES = 32;

/**
 * Rejects as `Coordination` does, also for an entry that is no key. `chance`: the system's, or whoever knows
 * the seed can sign.
 */
export async function houseKey(
  coordination: Pick<Coordination, 'get' | 'txn'>,
  chance: Chance,
  signal?: AbortSignal,
): Promise<Buffer> {
  const key = KEYS.secret('leases');
  const kept = await coordination.get(key, signal);
  if (kept !== undefined) return checked(kept.value, key);
  const made = Buffer.from(Array.from({ length: KEY_BYTES }, () => chance.integer(256)));
  const { done, entries } = await coordination.txn(
    {
      if: [{ key, createRevision: 0n }],
      then: [{ type: 'put', key, value: made }],
      else: [{ type: 'get', key }],
    },
    signal,
  );
  return done ? made : checked(entries[0]?.value ?? Buffer.alloc(0), key);
}

function checked(value: Uint8Array, key: string): Buffer {
  if (value.length === KEY_BYTES) return Buffer.from(value);
  throw coordinationFailed(
    `The entry ${key} holds ${value.length} bytes, where a signing key has ${KEY_BYTES}`,
    'Delete the entry: the next server makes a new key, leaders are elected and leases are taken anew.',
  );
}
