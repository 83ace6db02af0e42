// Values of applications, kept where the fleet keeps its own, and followed live: an application asks
// for a name and is told of each change, typed, validated, with the value before. A value that does not
// pass never replaces one that did; it is told, and the last good one stays in force.

import type { Chance, Clock, Logger } from '@holdfast/kernel';
import type { Coordination } from '../coordination/coordination.ts';
import type { MirrorStatus } from '../mirror/mirror.ts';
import { Center } from './center.ts';

export interface ConfigurationCenterOptions {
  coordination: Coordination;
  namespace: string;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

export interface WatchOptions<T> {
  /** Of what was written as JSON, deeply frozen. Throws when it is no T; the message is told in `problem`. */
  parse: (value: unknown) => T;
  /** In force while nothing valid was written. */
  fallback?: T;
  /**
   * In order and never twice at a time: while one call runs, later changes wait, and only the newest
   * is told. `previous` is what the call before was given as `current`. What it throws is logged.
   */
  onChange?: (current: T | undefined, previous: T | undefined) => void | Promise<void>;
}

/** A value as it is now; it moves whole, by one assignment. */
export interface WatchedValue<T> {
  readonly name: string;
  readonly current: T | undefined;
  /** Of `current`, for `set`; absent while the fallback is in force. */
  readonly revision: bigint | undefined;
  /** Why the newest value is not in force. */
  readonly problem: string | undefined;
  /** No call begins any more; resolves when the last one is done, so a call must not wait for it. */
  close(): Promise<void>;
}

export interface WriteOptions {
  /** Only when the value is of this revision; 0 = only when there is none. Absent: whatever is there. */
  revision?: bigint;
}

export interface ConfigurationCenter {
  readonly namespace: string;
  /** Once all values are known; rejects with COORDINATION_FAILED when it is closed before. */
  readonly ready: Promise<void>;
  /** As it was last seen, before any validation. */
  get(name: string): { value: unknown; revision: bigint } | undefined;
  /** Names that hold a value, ascending. */
  names(): string[];
  /** At most 10,000 at a time; BUSY beyond. */
  watch<T>(name: string, options: WatchOptions<T>): WatchedValue<T>;
  /** JSON. The revision it has now. Rejects with CONFLICT, with USAGE, or as `Coordination.txn` does. */
  set(name: string, value: unknown, options?: WriteOptions): Promise<bigint>;
  /** Rejects with CONFLICT, or as `Coordination.txn` does. What is not there is removed already. */
  remove(name: string, options?: WriteOptions): Promise<void>;
  /** Of the connection to the store: while it is stale, values stay as they were last. */
  status(): MirrorStatus;
  close(): Promise<void>;
}

/** Begins at once and tries until it is closed: a store that is away is no error here. */
export function openConfigurationCenter(options: ConfigurationCenterOptions): ConfigurationCenter {
  return new Center(options);
}
