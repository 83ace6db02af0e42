// The pure core against the plain model: any transactions, leases and compactions; what is staged and
// dropped leaves no trace; what is applied elsewhere comes to the same.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastCheck from 'fast-check';
import { assertEntries, CoordinationModel } from '../coordination/coordination.model.ts';
import { always, isCode, put } from '../coordination/opened.conformance.ts';
import { FIRST_REVISION, RevisionStore } from './revision-store.ts';
import { Staging } from './staging.ts';

const BOUNDS = { revisions: 50, ageMs: 0, bytes: 1e9 };
const NAMES = ['a', 'a/b', 'a0', 'b', '\u{ff5e}', '\u{1f600}'];

function apply(store: RevisionStore, staging: Staging): void {
  for (const effect of staging.effects) store.apply(effect, 0);
}

const step = fastCheck.record({
  name: fastCheck.constantFrom(...NAMES),
  other: fastCheck.constantFrom(...NAMES),
  adds: fastCheck.constantFrom(true, true, false),
  /** Several are worked out before any of them counts. */
  together: fastCheck.boolean(),
  compactsTo: fastCheck.option(fastCheck.double({ min: 0, max: 1, noNaN: true }), {
    nil: undefined,
    freq: 8,
  }),
});

describe('revision store', () => {
  it('agrees with the model, over any transactions and compactions', () => {
    const steps = fastCheck.array(step, { maxLength: 60 });
    fastCheck.assert(
      fastCheck.property(steps, (plan) => {
        const store = new RevisionStore(BOUNDS);
        const twin = new RevisionStore(BOUNDS);
        const model = new CoordinationModel();
        let staging = new Staging(store);
        let oldest = FIRST_REVISION;
        for (const { name, other, adds, together, compactsTo } of plan) {
          const second = name === other ? [] : [put(other, `${adds}`)];
          const first = adds ? put(name) : { type: 'delete' as const, key: name };
          const transaction = always(first, ...second);
          const { revision } = staging.transact(transaction);
          model.apply(transaction, revision);
          if (together) continue;
          const { effects } = staging;
          for (const each of [store, twin]) for (const effect of effects) each.apply(effect, 0);
          staging = new Staging(store);
          if (compactsTo === undefined) continue;
          const range = Number(store.revision - oldest);
          oldest += BigInt(Math.floor(compactsTo * range));
          store.compact(oldest);
        }
        apply(store, staging);
        assertEntries(store.list(''), model.list(''));
        for (let at = oldest; at <= store.revision; at += 1n)
          assertEntries(store.list('a', at), model.listAt('a', at));
        for (const { revision, changes } of model.history)
          if (revision >= oldest && revision > FIRST_REVISION)
            assert.deepEqual(store.transition(revision)?.changes.length, changes.length);
        if (oldest > FIRST_REVISION)
          assert.throws(() => store.list('', oldest - 1n), isCode('COMPACTED'));
        assertEntries(new RevisionStore(BOUNDS, store.state()).list(''), model.list(''));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no trace of what was staged and dropped', () => {
    const store = new RevisionStore(BOUNDS);
    const staging = new Staging(store);
    staging.grant(7n, 1_000);
    staging.transact(always(put('a', 'x', 7n), put('b')));
    staging.revoke(7n);
    assert.equal(staging.effects.length, 4);
    assert.deepEqual(store.state(), { revision: FIRST_REVISION, leases: [], entries: [] });
    assert.equal(store.liveBytes, 0);
  });

  it('hangs keys on leases, staged or not, and lets them fall together', () => {
    const store = new RevisionStore(BOUNDS);
    const first = new Staging(store);
    assert.equal(first.grant(7n, 1_000), true);
    assert.equal(first.grant(7n, 1_000), false);
    first.transact(always(put('a', 'x', 7n), put('b', 'x', 7n), put('c', 'x', 7n)));
    apply(store, first);
    assert.deepEqual([...(store.lease(7n)?.keys ?? [])], ['a', 'b', 'c']);
    const second = new Staging(store);
    second.transact(always(put('b'), { type: 'delete', key: 'c' }, put('d', 'x', 7n)));
    second.revoke(7n);
    assert.throws(() => second.transact(always(put('e', 'x', 7n))), isCode('LEASE_LOST'));
    apply(store, second);
    assert.deepEqual(
      store.list('').map(({ key }) => key),
      ['b'],
    );
    assert.deepEqual(
      store.transition(store.revision)?.changes.map((change) => 'key' in change && change.key),
      ['a', 'd'],
    );
    assert.equal(store.lease(7n), undefined);
  });

  it('forgets keys wholly once nobody can ask for them', () => {
    const store = new RevisionStore({ ...BOUNDS, revisions: 10 });
    for (let index = 0; index < 1_000; index += 1) {
      const staging = new Staging(store);
      staging.transact(always(put(`k${index}`), { type: 'delete', key: `k${index - 1}` }));
      apply(store, staging);
      store.compactSurplus(1);
    }
    assert.equal(store.liveBytes, 'k999'.length + 1);
    assert.throws(() => store.transition(900n), isCode('COMPACTED'));
    assert.equal(store.list('k9', store.revision - 5n).length, 1);
    assert.throws(() => store.compact(store.revision + 1n), isCode('USAGE'));
  });
});
