// From what etcd says on a watch to items of the contract: a response may hold several transactions and a
// fragment may end within one; an item is one transaction, whole, in order, none twice. No clock and no
// socket in it.

import type { Change } from '../coordination/coordination.ts';
import type { Root } from './entries.ts';
import { EVENT_TYPE, type WatchEvent, type WatchResponse } from './messages.ts';

export interface Transacted {
  revision: bigint;
  changes: Change[];
  /** About what it costs to keep it. */
  bytes: number;
}

/** An object with its keys and numbers. */
const CHANGE_BYTES = 200;

export class WatchIntake {
  readonly #root: Root;
  /** What is older was told already, or not asked for. */
  #next: bigint;
  /** The transaction of which more may follow. */
  #open: Transacted | undefined;

  constructor(root: Root, from: bigint) {
    this.#root = root;
    this.#next = from;
  }

  /** The transactions that are whole now. */
  take({ events, fragment }: WatchResponse): Transacted[] {
    const whole: Transacted[] = [];
    for (const event of events) this.#add(event, whole);
    if (!fragment) this.#finish(whole);
    return whole;
  }

  #add(event: WatchEvent, whole: Transacted[]): void {
    const revision = event.kv?.modRevision ?? 0n;
    if (revision !== this.#open?.revision) this.#finish(whole);
    if (revision < this.#next) return;
    this.#open ??= { revision, changes: [], bytes: 0 };
    const change = changeOf(event, this.#root);
    if (change === undefined) return;
    this.#open.changes.push(change);
    this.#open.bytes += CHANGE_BYTES + (change.type === 'put' ? change.entry.value.length : 0);
  }

  #finish(whole: Transacted[]): void {
    if (this.#open === undefined) return;
    this.#next = this.#open.revision + 1n;
    whole.push(this.#open);
    this.#open = undefined;
  }
}

function changeOf({ type, kv }: WatchEvent, root: Root): Change | undefined {
  if (kv === undefined) return undefined;
  if (type === EVENT_TYPE.put) return { type: 'put', entry: root.entry(kv) };
  if (type !== EVENT_TYPE.delete) return undefined;
  return { type: 'delete', key: root.without(kv.key), modRevision: kv.modRevision };
}
