import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededChance } from './seeded-chance.ts';
import { sfc32 } from './sfc32.ts';

test('sfc32 yields the published words for the seed 0, 12345, 0', () => {
  const nextWord = sfc32(0, 12_345, 0);
  // Published after twelve words of warm-up.
  for (let i = 0; i < 12; i += 1) nextWord();
  const published = [235_160_590, 2_967_261_163, 116_171_463, 2_882_324_903, 362_604_721];
  assert.deepEqual(
    published.map(() => nextWord()),
    published,
  );
});

test('a seed means the same numbers for ever', () => {
  const chance = seededChance(42);
  assert.deepEqual(
    Array.from({ length: 5 }, () => chance.integer(1_000_000)),
    [234_197, 839_924, 351_664, 640_860, 337_568],
  );
});

test('numbers lie in [0, 1) and integers below their bound', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 40 }), (seed, below) => {
      const chance = seededChance(seed);
      const number = chance.next();
      assert.ok(number >= 0 && number < 1);
      const integer = chance.integer(below);
      assert.ok(Number.isInteger(integer) && integer >= 0 && integer < below);
    }),
  );
});

test('neighbouring seeds have nothing in common', () => {
  const firsts = Array.from({ length: 4_096 }, (_, seed) => seededChance(seed).next());
  const slots = new Array<number>(64).fill(0);
  for (const first of firsts)
    slots[Math.floor(first * 64)] = (slots[Math.floor(first * 64)] ?? 0) + 1;
  const chiSquared = slots.reduce((sum, n) => sum + (n - 64) ** 2 / 64, 0);
  // 63 degrees of freedom: even numbers stay below 103.4 in 999 of 1,000 cases.
  assert.ok(chiSquared < 103.4, `chi-squared ${chiSquared}`);
});

test('every integer below a small bound comes about equally often', () => {
  const chance = seededChance(7);
  const seen = new Array<number>(10).fill(0);
  for (let i = 0; i < 20_000; i += 1) {
    const integer = chance.integer(10);
    seen[integer] = (seen[integer] ?? 0) + 1;
  }
  const chiSquared = seen.reduce((sum, n) => sum + (n - 2_000) ** 2 / 2_000, 0);
  // 9 degrees of freedom, 999 of 1,000 cases.
  assert.ok(chiSquared < 27.9, `chi-squared ${chiSquared}`);
});

test('a bound that allows no integer is refused', () => {
  for (const below of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => seededChance(1).integer(below), RangeError);
  }
});
