// The pure core: keys with all their versions since the last compaction, leases with the keys that
// hang on them, and the history of transactions. It knows only what is committed: whoever wants to
// write stages first (staging.ts) and applies the effects once they are safe.

import { futureRevision } from '../coordination/check-call.ts';
import type { Change, Entry } from '../coordination/coordination.ts';
import { compacted } from '../coordination/coordination-error.ts';
import { type Effect, keyOf, revisionOf, type Transition } from './effect.ts';
import { History, type HistoryBounds } from './history.ts';
import { SortedKeys } from './sorted-keys.ts';

export interface StoredLease {
  readonly id: bigint;
  readonly ttlMs: number;
  readonly keys: ReadonlySet<string>;
}

/** What a snapshot holds: all that is now, nothing of what was. */
export interface StoreState {
  revision: bigint;
  leases: readonly { id: bigint; ttlMs: number }[];
  /** Ascending by key. */
  entries: readonly Entry[];
}

/** As in etcd: the empty store is at 1, the first write makes 2. */
export const FIRST_REVISION = 1n;

export class RevisionStore {
  /** The versions of a key, oldest first; never empty, and never a deletion alone that nobody can ask for. */
  readonly #versions = new Map<string, Change[]>();
  readonly #keys = new SortedKeys();
  readonly #leases = new Map<bigint, { id: bigint; ttlMs: number; keys: Set<string> }>();
  readonly #history: History;
  #revision = FIRST_REVISION;
  /** Lists go back to it, watches too. */
  #oldest = FIRST_REVISION;
  #liveBytes = 0;

  constructor(bounds: HistoryBounds, state?: StoreState) {
    this.#history = new History(bounds);
    if (state === undefined) return;
    this.#revision = this.#oldest = state.revision;
    for (const { id, ttlMs } of state.leases) this.#leases.set(id, { id, ttlMs, keys: new Set() });
    for (const entry of state.entries) this.#write({ type: 'put', entry });
  }

  get revision(): bigint {
    return this.#revision;
  }

  /** Keys and values that are there now; keys by their UTF-16 length. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  get(key: string): Entry | undefined {
    return entryOf(this.#versions.get(key)?.at(-1));
  }

  /** Throws COMPACTED, or USAGE for a revision that is not there yet. */
  list(prefix: string, at: bigint = this.#revision): Entry[] {
    if (at > this.#revision) throw futureRevision(at, this.#revision);
    if (at < this.#oldest) throw compacted(at, this.#oldest);
    const entries: Entry[] = [];
    for (const key of this.#keys.withPrefix(prefix)) {
      const versions = this.#versions.get(key) ?? [];
      const entry = entryOf(versions.findLast((version) => revisionOf(version) <= at));
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  /** The transaction of a revision; undefined when it is yet to come. Throws COMPACTED. */
  transition(revision: bigint): Transition | undefined {
    if (revision > this.#revision) return undefined;
    const transition = this.#history.at(revision);
    if (transition === undefined) throw compacted(revision, this.#oldest);
    return transition;
  }

  lease(id: bigint): StoredLease | undefined {
    return this.#leases.get(id);
  }

  leases(): Iterable<StoredLease> {
    return this.#leases.values();
  }

  /** Effects come in the order in which they were staged. `nowMs` dates the history. */
  apply(effect: Effect, nowMs: number): void {
    if (effect.type === 'grant') {
      const { lease: id, ttlMs } = effect;
      this.#leases.set(id, { id, ttlMs, keys: new Set() });
    } else if (effect.type === 'revoke') {
      this.#leases.delete(effect.lease);
    } else {
      this.#revision = effect.revision;
      for (const change of effect.changes) this.#write(change);
      this.#history.push(effect, nowMs);
    }
  }

  /** Forgets what was before `revision`, which itself can still be asked for. Throws COMPACTED, USAGE. */
  compact(revision: bigint): void {
    if (revision > this.#revision) throw futureRevision(revision, this.#revision);
    if (revision < this.#oldest) throw compacted(revision, this.#oldest);
    const touched = new Set<string>();
    const note = ({ changes }: Transition) => {
      for (const change of changes) touched.add(keyOf(change));
    };
    this.#history.forgetBefore(revision).forEach(note);
    const kept = this.#history.at(revision);
    if (kept !== undefined) note(kept);
    for (const key of touched) this.#trim(key, revision);
    this.#oldest = revision;
  }

  /** Keeps within the bounds of history. */
  compactSurplus(nowMs: number): void {
    const revision = this.#history.surplus(nowMs);
    if (revision !== undefined) this.compact(revision);
  }

  state(): StoreState {
    const leases = [...this.#leases.values()].map(({ id, ttlMs }) => ({ id, ttlMs }));
    return { revision: this.#revision, leases, entries: this.list('') };
  }

  #write(change: Change): void {
    const key = keyOf(change);
    const versions = this.#versions.get(key);
    const before = entryOf(versions?.at(-1));
    if (versions === undefined) {
      this.#versions.set(key, [change]);
      this.#keys.add(key);
    } else versions.push(change);
    const after = entryOf(change);
    this.#liveBytes += bytesOf(after) - bytesOf(before);
    if (before?.lease !== undefined) this.#leases.get(before.lease)?.keys.delete(key);
    if (after?.lease !== undefined) this.#leases.get(after.lease)?.keys.add(key);
  }

  /** Keeps the version that counted at `revision`, and the later ones. */
  #trim(key: string, revision: bigint): void {
    const versions = this.#versions.get(key);
    if (versions === undefined) return;
    const counted = versions.findLastIndex((version) => revisionOf(version) <= revision);
    if (counted < 0) return;
    versions.splice(0, versions[counted]?.type === 'delete' ? counted + 1 : counted);
    if (versions.length > 0) return;
    this.#versions.delete(key);
    this.#keys.remove(key);
  }
}

function entryOf(version: Change | undefined): Entry | undefined {
  return version?.type === 'put' ? version.entry : undefined;
}

function bytesOf(entry: Entry | undefined): number {
  return entry === undefined ? 0 : entry.key.length + entry.value.length;
}
