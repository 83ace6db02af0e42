// How one view becomes the next, by a transaction or by everything read anew. Pure, and the only
// place that knows what a change means. It must never drop an item because its new form is broken,
// and never take what another history says for a change of this one.

import type { Entry, Listing, WatchItem } from '../coordination/coordination.ts';
import { digestOf, digestWith, EMPTY_DIGEST } from './digest.ts';
import { PersistentMap } from './persistent-map.ts';
import { type Content, type Item, type ItemFault, View } from './snapshot.ts';

/** Throws when the entry is no T; the message is told in `faults`. */
export type Decode<T> = (entry: Entry) => T;

export type ItemChange<T> =
  | { readonly type: 'put'; readonly item: Item<T>; readonly previous?: Item<T> }
  | { readonly type: 'delete'; readonly previous: Item<T> };

export interface Revised<T> {
  view: View<T>;
  /** Of the items in force, each key at most once. Empty when only faults changed. */
  changes: ItemChange<T>[];
  /** Found now; older ones stand in the view. */
  faults: ItemFault[];
}

const PROBLEM_LENGTH_MAX = 1_000;

export function afterTransaction<T>(view: View<T>, item: WatchItem, decode: Decode<T>): Revised<T> {
  const draft = new Draft(view.content);
  for (const change of item.changes) {
    if (change.type === 'put') draft.put(change.entry, decode);
    else draft.remove(change.key);
  }
  return draft.finished(item.revision);
}

/** From everything read anew of the same history. The very same view when nothing has changed. */
export function afterListing<T>(view: View<T>, listing: Listing, decode: Decode<T>): Revised<T> {
  const draft = new Draft(view.content);
  const present = new Set<string>();
  for (const entry of listing.entries) {
    present.add(entry.key);
    if (knownRevision(view, entry.key) !== entry.modRevision) draft.put(entry, decode);
  }
  for (const { key } of view.content.items) if (!present.has(key)) draft.remove(key);
  for (const { key } of view.content.faults) if (!present.has(key)) draft.remove(key);
  return draft.isTouched ? draft.finished(listing.revision) : { view, changes: [], faults: [] };
}

/** Of a store that we know nothing of, or that took the place of ours: nothing of `previous` stays in force. */
export function fromListing<T>(
  previous: View<T> | undefined,
  listing: Listing,
  decode: Decode<T>,
): Revised<T> {
  const view = new View(contentOf(listing, decode));
  const changes: ItemChange<T>[] = [];
  for (const item of view) changes.push(put(item, previous?.get(item.key)));
  for (const item of previous ?? [])
    if (view.get(item.key) === undefined) changes.push({ type: 'delete', previous: item });
  return { view, changes, faults: [...view.faults] };
}

/**
 * Whether what was read can follow on what we know up to revision `upTo`: the same cluster, not older,
 * and nothing in it from our time that we have never seen. A store that was restored from a backup
 * under its old name is told by this.
 */
export function isContinuation<T>(view: View<T>, upTo: bigint, listing: Listing): boolean {
  return (
    listing.cluster === view.cluster &&
    listing.revision >= upTo &&
    listing.entries.every(
      ({ key, modRevision }) => modRevision > upTo || modRevision === knownRevision(view, key),
    )
  );
}

/** Of the entry that we last saw of the key, be it in force or at fault. */
function knownRevision<T>(view: View<T>, key: string): bigint | undefined {
  const { items, faults } = view.content;
  return (faults.get(key) ?? items.get(key))?.modRevision;
}

class Draft<T> {
  readonly #cluster: string;
  #items: PersistentMap<Item<T>>;
  #faults: PersistentMap<ItemFault>;
  #digest: bigint;
  readonly #changes: ItemChange<T>[] = [];
  readonly #found: ItemFault[] = [];
  #isTouched = false;

  constructor({ cluster, items, faults, digest }: Content<T>) {
    this.#cluster = cluster;
    this.#items = items;
    this.#faults = faults;
    this.#digest = digest;
  }

  get isTouched(): boolean {
    return this.#isTouched;
  }

  put(entry: Entry, decode: Decode<T>): void {
    this.#isTouched = true;
    const decoded = decodedItem(entry, decode);
    if ('problem' in decoded) this.#refuse(entry, decoded);
    else this.#accept(decoded);
  }

  remove(key: string): void {
    this.#isTouched = true;
    this.#faults = this.#faults.without(key);
    const previous = this.#items.get(key);
    if (previous === undefined) return;
    this.#items = this.#items.without(key);
    this.#digest = digestWith(this.#digest, -digestOf(this.#cluster, previous));
    this.#changes.push({ type: 'delete', previous });
  }

  finished(revision: bigint): Revised<T> {
    const [items, faults, digest] = [this.#items, this.#faults, this.#digest];
    const view = new View({ cluster: this.#cluster, revision, items, faults, digest });
    return { view, changes: this.#changes, faults: this.#found };
  }

  #accept(item: Item<T>): void {
    const previous = this.#items.get(item.key);
    this.#items = this.#items.with(item);
    this.#faults = this.#faults.without(item.key);
    const gone = previous === undefined ? 0n : digestOf(this.#cluster, previous);
    this.#digest = digestWith(this.#digest, digestOf(this.#cluster, item) - gone);
    this.#changes.push(put(item, previous));
  }

  /** The last good form stays, unless it belonged to a key that was deleted meanwhile. */
  #refuse(entry: Entry, fault: ItemFault): void {
    const previous = this.#items.get(entry.key);
    if (previous?.createRevision !== entry.createRevision) this.remove(entry.key);
    this.#faults = this.#faults.with(fault);
    this.#found.push(fault);
  }
}

function contentOf<T>({ entries, revision, cluster }: Listing, decode: Decode<T>): Content<T> {
  const items: Item<T>[] = [];
  const faults: ItemFault[] = [];
  let digest = EMPTY_DIGEST;
  for (const entry of entries) {
    const decoded = decodedItem(entry, decode);
    if ('problem' in decoded) faults.push(decoded);
    else {
      items.push(decoded);
      digest = digestWith(digest, digestOf(cluster, decoded));
    }
  }
  return {
    cluster,
    revision,
    items: PersistentMap.of(items),
    faults: PersistentMap.of(faults),
    digest,
  };
}

function decodedItem<T>(entry: Entry, decode: Decode<T>): Item<T> | ItemFault {
  const { key, createRevision, modRevision, lease } = entry;
  try {
    const revisions = { createRevision, modRevision, ...(lease !== undefined && { lease }) };
    return Object.freeze({ key, value: decode(entry), ...revisions });
  } catch (error) {
    const problem = (error instanceof Error ? error.message : String(error)).slice(
      0,
      PROBLEM_LENGTH_MAX,
    );
    return Object.freeze({ key, modRevision, problem });
  }
}

function put<T>(item: Item<T>, previous: Item<T> | undefined): ItemChange<T> {
  return { type: 'put', item, ...(previous !== undefined && { previous }) };
}
