import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PersistentMap } from './persistent-map.ts';

interface Pair {
  key: string;
  value: number;
}

const keys = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', 'é', '😀', '\uffff'), maxLength: 4 }),
  fc.nat(300).map((n) => `checks/${n}`),
);
const steps = fc.array(
  fc.record({ key: keys, value: fc.nat(), type: fc.constantFrom('with', 'with', 'without') }),
  { maxLength: 400 },
);
const byKey = (a: Pair, b: Pair) => (a.key < b.key ? -1 : 1);

test('it holds what a map holds, in order, and every older version stays as it was', () => {
  fc.assert(
    fc.property(steps, keys, (all, prefix) => {
      const model = new Map<string, Pair>();
      let map = PersistentMap.empty<Pair>();
      const versions: { map: PersistentMap<Pair>; items: Pair[] }[] = [];
      for (const { type, key, value } of all) {
        if (type === 'with') {
          model.set(key, { key, value });
          map = map.with({ key, value });
        } else {
          model.delete(key);
          map = map.without(key);
        }
        versions.push({ map, items: [...model.values()].sort(byKey) });
      }
      for (const { map: version, items } of versions.slice(-20)) {
        assert.deepEqual([...version], items);
        assert.equal(version.size, items.length);
        const narrowed = items.filter((item) => item.key.startsWith(prefix));
        assert.deepEqual([...version.withPrefix(prefix)], narrowed);
        for (const item of items) assert.deepEqual(version.get(item.key), item);
      }
      assert.equal(map.get('absent'), undefined);
      assert.deepEqual([...PersistentMap.of(model.values())], [...map]);
    }),
    { numRuns: 200 },
  );
});

test('no order of changes makes it deep', () => {
  const COUNT = 4_096;
  const orders = {
    ascending: (i: number) => i,
    descending: (i: number) => COUNT - i,
    inward: (i: number) => (i % 2 === 0 ? i : COUNT - i),
    scattered: (i: number) => (i * 2_654_435_761) % COUNT,
  };
  for (const [name, order] of Object.entries(orders)) {
    let map = PersistentMap.empty<Pair>();
    const key = (i: number) => String(order(i)).padStart(6, '0');
    for (let i = 0; i < COUNT; i += 1) map = map.with({ key: key(i), value: i });
    for (let i = 0; i < COUNT; i += 3) map = map.without(key(i));
    // Weight-balanced with 3 : 1, a side holds at most three quarters: log(4096) / log(4/3) ≈ 29.
    assert.ok(comparisons(map) <= 29, `${name} takes ${comparisons(map)} comparisons`);
  }
});

/** The most that any lookup takes, counted by keys that tell when they are compared. */
function comparisons(map: PersistentMap<Pair>): number {
  let most = 0;
  for (const { key } of map) {
    let count = 0;
    const toPrimitive = () => {
      count += 1;
      return key;
    };
    const counting = { [Symbol.toPrimitive]: toPrimitive } as unknown as string;
    map.get(counting);
    most = Math.max(most, count);
  }
  return most;
}

test('removing what is not there gives the same map', () => {
  const map = PersistentMap.of([{ key: 'a', value: 1 }]);
  assert.equal(map.without('b'), map);
  assert.equal(PersistentMap.empty<Pair>().without('b').size, 0);
});

test('of equal keys the last one counts', () => {
  const map = PersistentMap.of([
    { key: 'a', value: 1 },
    { key: 'a', value: 2 },
  ]);
  assert.deepEqual([...map], [{ key: 'a', value: 2 }]);
});
