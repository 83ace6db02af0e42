import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Change, Entry, Listing } from '../coordination/coordination.ts';
import { afterListing, afterTransaction, fromListing, isContinuation } from './revise.ts';
import type { View } from './snapshot.ts';

const decode = ({ value }: Entry): number => {
  const number = Number(Buffer.from(value).toString());
  if (Number.isNaN(number)) throw new TypeError('This is no number.');
  return number;
};

function entry(
  key: string,
  text: string,
  modRevision: bigint,
  createRevision = modRevision,
): Entry {
  return { key, value: Buffer.from(text), createRevision, modRevision };
}

function listing(revision: bigint, entries: Entry[], cluster = 'one'): Listing {
  return { entries, revision, cluster };
}

function put(changed: Entry): Change {
  return { type: 'put', entry: changed };
}

function after(view: View<number>, revision: bigint, ...changes: Change[]) {
  return afterTransaction(view, { cluster: 'one', revision, changes }, decode);
}

const first = () =>
  fromListing(undefined, listing(5n, [entry('a', '1', 2n), entry('b', '2', 5n)]), decode).view;

const values = (view: View<number>) => [...view].map(({ key, value }) => `${key}=${value}`);

test('a transaction makes one new view, and the old one stays', () => {
  const old = first();
  const remove: Change = { type: 'delete', key: 'b', modRevision: 6n };
  const { view, changes } = after(old, 6n, put(entry('a', '7', 6n, 2n)), remove);
  assert.deepEqual(values(view), ['a=7']);
  assert.deepEqual(values(old), ['a=1', 'b=2']);
  assert.deepEqual([view.revision, old.revision], [6n, 5n]);
  assert.deepEqual(
    changes.map((change) => [change.type, change.previous?.value]),
    [
      ['put', 1],
      ['delete', 2],
    ],
  );
});

test('a broken form is told, and the last good one stays with its digest', () => {
  const old = first();
  const { view, changes, faults } = after(old, 6n, put(entry('a', 'x', 6n, 2n)));
  assert.deepEqual(values(view), ['a=1', 'b=2']);
  assert.deepEqual(changes, []);
  assert.deepEqual(view.faults, [{ key: 'a', modRevision: 6n, problem: 'This is no number.' }]);
  assert.deepEqual(faults, view.faults);
  assert.equal(view.digest, old.digest);
  const mended = after(view, 7n, put(entry('a', '3', 7n, 2n)));
  assert.deepEqual(mended.view.faults, []);
  assert.deepEqual(values(mended.view), ['a=3', 'b=2']);
});

test('the last good form of a key that was deleted and made anew is not its own', () => {
  const anew = afterListing(
    first(),
    listing(9n, [entry('a', 'x', 8n), entry('b', '2', 5n)]),
    decode,
  );
  assert.deepEqual(values(anew.view), ['b=2']);
  assert.equal(anew.view.faults.length, 1);
  const gone = after(anew.view, 10n, { type: 'delete', key: 'a', modRevision: 10n });
  assert.deepEqual([gone.view.faults, gone.changes], [[], []]);
});

test('reading the same again is no change, not even of the object', () => {
  const old = after(first(), 6n, put(entry('a', 'x', 6n, 2n))).view;
  const same = listing(90n, [entry('a', 'x', 6n, 2n), entry('b', '2', 5n)]);
  const { view, changes } = afterListing(old, same, decode);
  assert.equal(view, old);
  assert.deepEqual(changes, []);
});

test('another history is told from ours going on', () => {
  const view = first();
  const ours = [entry('a', '1', 2n), entry('b', '2', 5n)];
  assert.equal(isContinuation(view, 5n, listing(9n, ours)), true);
  assert.equal(isContinuation(view, 5n, listing(9n, [entry('a', '9', 8n, 2n)])), true);
  assert.equal(isContinuation(view, 5n, listing(9n, ours, 'two')), false);
  assert.equal(isContinuation(view, 5n, listing(4n, ours)), false);
  assert.equal(isContinuation(view, 5n, listing(9n, [entry('a', '1', 3n)])), false);
  assert.equal(isContinuation(view, 5n, listing(9n, [...ours, entry('c', '1', 4n)])), false);
});

test('another store replaces everything, also what is broken there', () => {
  const { view, changes } = fromListing(
    first(),
    listing(3n, [entry('a', 'x', 2n), entry('c', '4', 3n)], 'two'),
    decode,
  );
  assert.deepEqual(values(view), ['c=4']);
  assert.deepEqual(
    changes.map((change) => change.type),
    ['put', 'delete', 'delete'],
  );
});

test('equal content has an equal digest by whatever way, other content another', () => {
  const writes = fc.array(
    fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), good: fc.boolean(), gone: fc.boolean() }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(writes, (all) => {
      let view = fromListing(undefined, listing(1n, []), decode).view;
      const store = new Map<string, Entry>();
      for (const [index, { key, gone }] of all.entries()) {
        const revision = BigInt(index + 2);
        const before = view;
        if (gone) store.delete(key);
        else store.set(key, entry(key, '1', revision, store.get(key)?.createRevision));
        const written = store.get(key);
        const change: Change =
          written === undefined ? { type: 'delete', key, modRevision: revision } : put(written);
        view = after(view, revision, change).view;
        assert.equal(view.digest === before.digest, gone && before.get(key) === undefined);
      }
      const anew = fromListing(undefined, listing(99n, [...store.values()]), decode).view;
      assert.equal(anew.digest, view.digest);
      assert.deepEqual([...anew], [...view]);
    }),
  );
});
