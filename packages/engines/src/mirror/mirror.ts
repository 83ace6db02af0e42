// The present state of a prefix, kept in step with the store through everything: broken and silent
// streams, compaction, changes of leader, stores that were wiped or restored. Readers take whole
// snapshots and never wait. It must never lose a change, show a transaction by halves, drop an item
// because its new form is broken, or go back within one history of the store.

import type { Chance, Clock, Logger } from '@holdfast/kernel';
import type { Coordination } from '../coordination/coordination.ts';
import { MirrorLoop } from './mirror-loop.ts';
import type { Decode, ItemChange } from './revise.ts';
import type { ItemFault, Snapshot } from './snapshot.ts';

export type { Decode, ItemChange } from './revise.ts';
export type { Item, ItemFault, Snapshot } from './snapshot.ts';

export interface MirrorOptions<T> {
  coordination: Coordination;
  prefix: string;
  decode: Decode<T>;
  clock: Clock;
  chance: Chance;
  logger: Logger;
  /** The first listener, there before anything can happen. */
  onChange?: MirrorListener<T>;
}

/** Called at once and in order, after `current` has moved; what it throws is logged. */
export type MirrorListener<T> = (update: MirrorUpdate<T>) => void;

export interface MirrorUpdate<T> {
  snapshot: Snapshot<T>;
  /** Absent for the first one. */
  previous?: Snapshot<T>;
  /** Of items in force, each key at most once; empty when only faults changed. */
  changes: readonly ItemChange<T>[];
}

export interface MirrorStatus {
  /** `stale`: the connection to the store was lost, and what has happened since may not all be here yet. */
  state: 'starting' | 'live' | 'stale';
  /** Of `Clock.nowMs`: since when it is in this state. */
  sinceMs: number;
  /** Of `Clock.nowMs`: when the store was last heard of; absent before the first time. */
  heardAtMs?: number;
  /** Everything up to it is known; it runs ahead of the snapshot's while nothing changes. */
  revision?: bigint;
  /** Streams that broke, were silent or told of another history. */
  breaks: number;
  /** How often everything was read, the first time among them. */
  listings: number;
  /** Why it is stale, or cannot start. */
  problem?: string;
}

/** What a node has in force, for `AppliedRecord`. */
export interface Applied {
  revision: bigint;
  digest: string;
  faults: readonly ItemFault[];
}

export interface Mirror<T> {
  readonly prefix: string;
  /** Absent until everything was read once. */
  readonly current: Snapshot<T> | undefined;
  /** Once `current` is there; rejects with COORDINATION_FAILED when the mirror is closed before. */
  readonly ready: Promise<void>;
  /** Told of every later snapshot until the returned function is called. */
  subscribe(listener: MirrorListener<T>): () => void;
  /** Absent until everything was read once. */
  applied(): Applied | undefined;
  status(): MirrorStatus;
  /** The last snapshot stays readable. */
  close(): Promise<void>;
}

/** Begins at once and tries until it is closed: a store that is away is no error here. */
export function openMirror<T>(options: MirrorOptions<T>): Mirror<T> {
  const loop = new MirrorLoop(options);
  loop.start();
  return loop;
}
