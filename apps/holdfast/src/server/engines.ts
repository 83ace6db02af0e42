// Opens what the server stands on, as it was named. Drivers are loaded only when they are asked for:
// who runs embedded pays for no client.

import { join } from 'node:path';
import type { Coordination } from '@holdfast/engines/coordination';
import type { Events } from '@holdfast/engines/events';
import type { Store } from '@holdfast/engines/store';
import type { Chance, Clock, Logger } from '@holdfast/kernel';
import { storeFile } from '../data-folder.ts';
import type { CoordinationAddress, EventsAddress, ResultsAddress } from '../engine-address.ts';
import { makeFolder } from '../make-folder.ts';
import { readPem } from '../named-file.ts';

export interface EngineSurroundings {
  clock: Clock;
  chance: Chance;
  logger: Logger;
  dataFolder: string;
}

export interface StoreSurroundings extends Omit<EngineSurroundings, 'chance'> {
  /** A folder; raw results go there before they are forgotten, and are answered from there. */
  archive?: string;
}

export async function openStore(
  address: ResultsAddress,
  { clock, logger, dataFolder, archive }: StoreSurroundings,
): Promise<Store> {
  if (archive !== undefined) makeFolder(archive, 'archive');
  if (address.engine === 'postgres') {
    const { openPostgresStore } = await import('@holdfast/engines/postgres');
    const cold = archive === undefined ? {} : { archive: { folder: archive } };
    return openPostgresStore({ url: address.url, clock, logger, ...cold });
  }
  const { openSqliteStore } = await import('@holdfast/engines/sqlite');
  const path = address.path ?? storeFile(dataFolder);
  const store = await openSqliteStore({ path, clock, logger });
  const hot: Store = { engine: 'sqlite', shownAs: path, ...store };
  if (archive === undefined) return hot;
  const { ArchivedResults } = await import('@holdfast/engines/archive');
  const results = new ArchivedResults(store.results, { folder: archive }, logger);
  return { ...hot, results, close: () => results.close() };
}

export async function openCoordination(
  address: CoordinationAddress,
  { clock, chance, logger, dataFolder }: EngineSurroundings,
): Promise<Coordination> {
  if (address.engine === 'embedded') {
    const { openEmbeddedCoordination } = await import('@holdfast/engines/embedded');
    const folder = join(dataFolder, 'coordination');
    return openEmbeddedCoordination({ folder, clock, chance, logger });
  }
  const { openEtcdCoordination } = await import('@holdfast/engines/etcd');
  const { engine: _, shownAs: __, ca, certificate, key, connections, ...rest } = address;
  const tls = {
    ...(ca === undefined ? {} : { ca: readPem(ca) }),
    ...(certificate === undefined ? {} : { certificate: readPem(certificate) }),
    ...(key === undefined ? {} : { key: readPem(key) }),
  };
  return openEtcdCoordination({
    ...rest,
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
    ...(connections === undefined ? {} : { connectionsMax: connections }),
    clock,
    chance,
    logger,
  });
}

export async function openEvents(
  address: EventsAddress,
  { clock, chance, logger }: EngineSurroundings,
): Promise<Events> {
  if (address.engine === 'memory') {
    const { createMemoryEvents } = await import('@holdfast/engines/events-memory');
    return createMemoryEvents({ clock });
  }
  const { openRedisEvents } = await import('@holdfast/engines/redis');
  return openRedisEvents({ url: address.url, clock, chance, logger });
}
