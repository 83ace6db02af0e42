// How far a mirror knows the store, and how it recognizes it after a break. A name and a higher
// revision prove little: a store restored from a backup keeps its name, and its revisions soon overtake
// ours. So the entry that we know as the latest must stand in its past too, or everything is read anew.

import { HoldfastError, isHoldfastError } from '@holdfast/kernel';
import {
  type Coordination,
  type Entry,
  KEY_BYTES_MAX,
  type Listing,
  type WatchItem,
} from '../coordination/coordination.ts';

export interface Position {
  cluster: string;
  /** Everything up to it is known. */
  revision: bigint;
  /** Of the transaction that we took last, or the latest that we read; absent when none of it is left. */
  landmark?: Entry;
}

export function positionOf({ entries, cluster, revision }: Listing): Position {
  let landmark: Entry | undefined;
  for (const entry of entries)
    if (landmark === undefined || entry.modRevision > landmark.modRevision) landmark = entry;
  return { cluster, revision, ...(landmark !== undefined && { landmark }) };
}

export function positionAfter({ cluster, revision, changes }: WatchItem): Position {
  const put = changes.find((change) => change.type === 'put');
  return { cluster, revision, ...(put !== undefined && { landmark: put.entry }) };
}

/** How far the store is now, when it is the same; undefined whenever that cannot be told. Rejects when it cannot be asked. */
export async function revisionOfSameStore(
  coordination: Coordination,
  { cluster, revision, landmark }: Position,
  signal: AbortSignal,
): Promise<bigint | undefined> {
  if (landmark === undefined || Buffer.byteLength(landmark.key) >= KEY_BYTES_MAX) return undefined;
  // For the name and the revision of the store; below a key there is little or nothing.
  const present = await coordination.list(`${landmark.key}/`, { signal });
  if (present.cluster !== cluster || present.revision < revision) return undefined;
  const past = await listedAt(coordination, landmark.key, revision, signal);
  const entry = past?.entries.find(({ key }) => key === landmark.key);
  return entry !== undefined && isSameEntry(entry, landmark) ? present.revision : undefined;
}

/** What was read has the landmark's key as of the same revision, and yet it is another entry. */
export function contradicts({ entries }: Listing, { landmark }: Position): boolean {
  if (landmark === undefined) return false;
  const { key, modRevision } = landmark;
  return entries.some(
    (entry) =>
      entry.key === key && entry.modRevision === modRevision && !isSameEntry(entry, landmark),
  );
}

function isSameEntry(entry: Entry, landmark: Entry): boolean {
  return (
    entry.modRevision === landmark.modRevision &&
    entry.createRevision === landmark.createRevision &&
    Buffer.compare(entry.value, landmark.value) === 0
  );
}

async function listedAt(
  coordination: Coordination,
  key: string,
  at: bigint,
  signal: AbortSignal,
): Promise<Listing | undefined> {
  try {
    return await coordination.list(key, { at, signal });
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'COMPACTED') return undefined;
    throw error;
  }
}

/** A stream told what cannot follow on what is known: nothing of it is believed. */
export function doubted(prefix: string, item: WatchItem, known: Position): HoldfastError {
  return new HoldfastError(
    'COORDINATION_FAILED',
    `The watch of ${prefix} told of revision ${item.revision} of cluster ${item.cluster}, ` +
      `when revision ${known.revision} of cluster ${known.cluster} was known.`,
    'Nothing has to be done: the mirror compares itself with the store.',
  );
}
