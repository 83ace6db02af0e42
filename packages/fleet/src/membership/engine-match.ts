// Servers of one fleet share their engines, or they would each keep a truth of their own. A server
// that does not fit is refused as it joins; the one that was there first is never thrown out.

import type { Coordination, Entry } from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import { HoldfastError } from '@holdfast/kernel';
import type { ServerRecord } from '@holdfast/resources/fleet';
import { decodeServer } from './record.ts';

const PARTS = ['coordination', 'events', 'results'] as const;

/** For `admit` of joinFleet: rejects with FLEET_MISMATCH when a server that was there before does not fit. */
export async function admitServer(coordination: Coordination, own: ServerRecord): Promise<void> {
  const { entries } = await coordination.list(KEYS.servers);
  const ours = entries.find(({ key }) => key === KEYS.server(own.id));
  const elders = entries.filter(
    (entry) => entry !== ours && (!ours || entry.createRevision < ours.createRevision),
  );
  for (const elder of elders) {
    const record = readable(elder);
    const mismatch = record && engineMismatch(own, record);
    if (mismatch) throw mismatch;
  }
}

/** Why a server may not be in one fleet with another; absent when it may. */
export function engineMismatch(own: ServerRecord, other: ServerRecord): HoldfastError | undefined {
  for (const part of PARTS) {
    const [ours, theirs] = [own.engines[part], other.engines[part]];
    if (ours !== theirs) return differ(part, own, other);
    const cure = LONE[part](ours);
    if (cure !== undefined) return alone(part, own, other, cure);
  }
  return undefined;
}

/** How to mend an engine that only one server can have; undefined when several can. */
const LONE: Record<(typeof PARTS)[number], (name: string) => string | undefined> = {
  coordination: (name) =>
    name.startsWith('embedded')
      ? 'Run etcd and start each server with --coordination etcd://HOST:2379.'
      : undefined,
  events: (name) =>
    name.startsWith('memory')
      ? 'Run Redis and start each server with --events redis://HOST:6379.'
      : undefined,
  results: (name) =>
    name.startsWith('sqlite')
      ? 'Run PostgreSQL and start each server with --results postgres://HOST/DATABASE.'
      : undefined,
};

function differ(part: (typeof PARTS)[number], own: ServerRecord, other: ServerRecord) {
  return new HoldfastError(
    'FLEET_MISMATCH',
    `This server "${own.id}" has ${part} "${own.engines[part]}", and server "${other.id}" at ${other.url} has "${other.engines[part]}".`,
    `Start all servers of a fleet with the same --${part}.`,
  );
}

function alone(part: (typeof PARTS)[number], own: ServerRecord, other: ServerRecord, cure: string) {
  return new HoldfastError(
    'FLEET_MISMATCH',
    `Both this server "${own.id}" and server "${other.id}" at ${other.url} have ${part} "${own.engines[part]}", which no other server can share.`,
    cure,
  );
}

/** A record that cannot be read is its server's trouble, not ours. */
function readable(entry: Entry): ServerRecord | undefined {
  try {
    return decodeServer(entry);
  } catch {
    return undefined;
  }
}
