// What a store of coordination should answer, said as plainly as can be: a map, and all that it ever
// was. It makes no revisions of its own but takes those that the engine told.

import assert from 'node:assert/strict';
import type { Change, Compare, Entry, Transaction, WatchItem } from './coordination.ts';

export class CoordinationModel {
  /** What each transaction changed, in order. */
  readonly history: { revision: bigint; changes: Change[] }[] = [];
  readonly #entries = new Map<string, Entry>();

  /** What the answer should be, when the engine says that it is at `revision` after it. */
  apply({ if: compares, then, else: otherwise = [] }: Transaction, revision: bigint) {
    const done = compares.every((compare) => this.#holds(compare));
    const changes: Change[] = [];
    const entries: Entry[] = [];
    for (const operation of done ? then : otherwise) {
      const { type, key } = operation;
      const before = this.#entries.get(key);
      if (type === 'put') {
        const { value } = operation;
        const createRevision = before?.createRevision ?? revision;
        const entry = { key, value, createRevision, modRevision: revision };
        this.#entries.set(key, entry);
        changes.push({ type, entry });
      } else if (type === 'delete' && this.#entries.delete(key)) {
        changes.push({ type, key, modRevision: revision });
      } else if (type === 'get' && before !== undefined) entries.push(before);
    }
    if (changes.length > 0) this.history.push({ revision, changes });
    return { done, entries, changes };
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  list(prefix: string): Entry[] {
    return inOrder([...this.#entries.values()].filter(({ key }) => key.startsWith(prefix)));
  }

  /** As it was: all changes up to then played again. */
  listAt(prefix: string, at: bigint): Entry[] {
    const entries = new Map<string, Entry>();
    for (const change of this.history.filter((item) => item.revision <= at).flatMap(changesOf)) {
      if (change.type === 'delete') entries.delete(change.key);
      else entries.set(change.entry.key, change.entry);
    }
    return inOrder([...entries.values()].filter(({ key }) => key.startsWith(prefix)));
  }

  /** What a watch of the prefix from then on should have told. */
  watched(prefix: string, from: bigint): { revision: bigint; changes: Change[] }[] {
    return this.history
      .filter(({ revision }) => revision >= from)
      .map(({ revision, changes }) => ({
        revision,
        changes: changes.filter((change) => keyOf(change).startsWith(prefix)),
      }))
      .filter(({ changes }) => changes.length > 0);
  }

  #holds(compare: Compare): boolean {
    const entry = this.#entries.get(compare.key);
    if ('value' in compare) return entry !== undefined && sameBytes(entry.value, compare.value);
    if ('createRevision' in compare)
      return (entry?.createRevision ?? 0n) === compare.createRevision;
    return (entry?.modRevision ?? 0n) === compare.modRevision;
  }
}

/** Engines hand out bytes as plain arrays or buffers, and changes of one transaction in any order. */
export function assertEntries(told: readonly Entry[], expected: readonly Entry[]): void {
  assert.deepEqual(told.map(plain), expected.map(plain));
}

/** Signs of life aside. */
export function assertWatched(
  told: readonly WatchItem[],
  expected: readonly { revision: bigint; changes: Change[] }[],
): void {
  const shown = (item: { revision: bigint; changes: Change[] }) => ({
    revision: item.revision,
    changes: item.changes.map(plainChange).sort((a, b) => Buffer.compare(a.bytes, b.bytes)),
  });
  assert.deepEqual(
    told.filter(({ changes }) => changes.length > 0).map(shown),
    expected.map(shown),
  );
}

function plain({ value, ...rest }: Entry) {
  return { ...rest, value: Buffer.from(value).toString('hex') };
}

function plainChange(change: Change) {
  const bytes = Buffer.from(keyOf(change));
  return change.type === 'put' ? { bytes, ...plain(change.entry) } : { bytes, ...change };
}

function keyOf(change: Change): string {
  return change.type === 'put' ? change.entry.key : change.key;
}

function changesOf({ changes }: { changes: Change[] }): Change[] {
  return changes;
}

function inOrder(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
