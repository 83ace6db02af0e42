import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hash32, spreadMs } from './hash.ts';

/** Pinned: a change here would move every check to another moment. */
const PINNED: [text: string, hash: number][] = [
  ['', 2_872_998_923],
  ['a', 2_448_022_055],
  ['default/website', 1_506_732_462],
  ['überprüfung/✓', 858_231_574],
];

for (const [text, hash] of PINNED) {
  test(`the hash of "${text}" stays`, () => assert.equal(hash32(text), hash));
}

test('a hash is an unsigned 32-bit integer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const hash = hash32(text);
      assert.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32);
    }),
  );
});

test('a phase is a whole number inside the interval and the same every time', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 86_400_000 }), (key, intervalMs) => {
      const phaseMs = spreadMs(key, intervalMs);
      assert.ok(Number.isInteger(phaseMs) && phaseMs >= 0 && phaseMs < intervalMs);
      assert.equal(spreadMs(key, intervalMs), phaseMs);
    }),
  );
});

/** Names as people give them: alike, numbered, so that a weak hash would bunch them. */
const FAMILIES: Record<string, (i: number) => string> = {
  'numbered checks': (i) => `default/check-${i}`,
  'hosts with a number inside': (i) => `prod/web-${i}.example.com`,
  'bare numbers': (i) => String(i),
};

for (const [family, name] of Object.entries(FAMILIES)) {
  test(`phases of ${family} spread evenly (chi-squared over 60 slots)`, () => {
    const slots = new Array<number>(60).fill(0);
    const keys = 6_000;
    for (let i = 0; i < keys; i += 1) {
      const slot = Math.floor(spreadMs(name(i), 60_000) / 1_000);
      slots[slot] = (slots[slot] ?? 0) + 1;
    }
    const expected = keys / slots.length;
    const chiSquared = slots.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 59 degrees of freedom: an even spread stays below 98.3 in 999 of 1,000 cases.
    assert.ok(chiSquared < 98.3, `chi-squared ${chiSquared}`);
  });
}
