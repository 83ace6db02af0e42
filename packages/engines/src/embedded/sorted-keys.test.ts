import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastCheck from 'fast-check';
import { compareKeys } from './key-order.ts';
import { SortedKeys } from './sorted-keys.ts';

const key = fastCheck.string({ unit: 'grapheme', minLength: 1, maxLength: 4 });

describe('keys in order', () => {
  it('stand as their UTF-8 bytes do', () => {
    const property = fastCheck.property(key, key, (a, b) => {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      assert.equal(Math.sign(compareKeys(a, b)), expected);
    });
    fastCheck.assert(property, { numRuns: 2_000, examples: [['\u{ff5e}', '\u{1f600}']] });
  });

  it('agree with a sorted set, over any additions and removals', () => {
    // Few enough names to be removed again, enough of them to split blocks.
    const name = fastCheck.nat(1_500).map((number) => `${number % 7}/${number}`);
    const step = fastCheck.record({ name, adds: fastCheck.constantFrom(true, true, false) });
    const steps = fastCheck.array(step, { minLength: 1_200, maxLength: 4_000 });
    const property = fastCheck.property(steps, (plan) => {
      const keys = new SortedKeys();
      const model = new Set<string>();
      for (const { name: each, adds } of plan) {
        if (adds) keys.add(each);
        else keys.remove(each);
        if (adds) model.add(each);
        else model.delete(each);
      }
      for (const prefix of ['', '3', '3/', '3/1', '9']) {
        const expected = [...model].filter((each) => each.startsWith(prefix)).sort();
        assert.deepEqual([...keys.withPrefix(prefix)], expected);
      }
    });
    fastCheck.assert(property, { numRuns: 20 });
  });

  it('can all be removed', () => {
    const keys = new SortedKeys();
    const names = Array.from({ length: 2_000 }, (_, index) => `k${index}`);
    for (const name of names) keys.add(name);
    for (const name of names) keys.remove(name);
    keys.remove('never there');
    assert.deepEqual([...keys.withPrefix('')], []);
    keys.add('a');
    assert.deepEqual([...keys.withPrefix('')], ['a']);
  });
});
