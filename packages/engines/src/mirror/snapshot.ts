// What a mirror shows: the keys of a prefix as they were at one revision, whole. A snapshot never
// changes, so whoever holds one may read it for as long as he likes and sees no transaction by halves.

import { digestText } from './digest.ts';
import type { PersistentMap } from './persistent-map.ts';

export interface Item<T> {
  readonly key: string;
  /** As decoded. Freeze it while decoding: everybody is given the same one. */
  readonly value: T;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  readonly lease?: bigint;
}

/** An entry that could not be decoded. The item's last good form stays in force, if it had one. */
export interface ItemFault {
  readonly key: string;
  /** Of the entry at fault. */
  readonly modRevision: bigint;
  readonly problem: string;
}

export interface Snapshot<T> extends Iterable<Item<T>> {
  readonly cluster: string;
  /** Of the transaction or the reading that made it. What was read anew and had not changed keeps its snapshot. */
  readonly revision: bigint;
  readonly size: number;
  /** 32 hexadecimal digits over the keys and revisions of the items in force: equal = the same items. */
  readonly digest: string;
  /** Ascending by key. */
  readonly faults: readonly ItemFault[];
  get(key: string): Item<T> | undefined;
  /** Ascending by key, as JavaScript compares texts; a longer prefix than the mirror's narrows. */
  entries(prefix?: string): IterableIterator<Item<T>>;
}

export interface Content<T> {
  cluster: string;
  revision: bigint;
  items: PersistentMap<Item<T>>;
  faults: PersistentMap<ItemFault>;
  digest: bigint;
}

/** A snapshot that can be gone on from. */
export class View<T> implements Snapshot<T> {
  readonly content: Readonly<Content<T>>;
  #faults: readonly ItemFault[] | undefined;

  constructor(content: Content<T>) {
    this.content = Object.freeze(content);
    Object.freeze(this);
  }

  get cluster(): string {
    return this.content.cluster;
  }

  get revision(): bigint {
    return this.content.revision;
  }

  get size(): number {
    return this.content.items.size;
  }

  get digest(): string {
    return digestText(this.content.digest);
  }

  get faults(): readonly ItemFault[] {
    this.#faults ??= Object.freeze([...this.content.faults]);
    return this.#faults;
  }

  get(key: string): Item<T> | undefined {
    return this.content.items.get(key);
  }

  entries(prefix = ''): IterableIterator<Item<T>> {
    return this.content.items.withPrefix(prefix);
  }

  [Symbol.iterator](): Iterator<Item<T>> {
    return this.entries();
  }
}
