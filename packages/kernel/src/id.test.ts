import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Chance } from './chance.ts';
import { SimulatedClock } from './fake/index.ts';
import { newId, newSpanId, newTraceId } from './id.ts';
import { seededChance } from './seeded-chance.ts';
import { systemChance } from './system-chance.ts';

const zeroes: Chance = { next: () => 0, integer: () => 0 };

test('an id holds its time in the first ten characters', () => {
  const clock = new SimulatedClock(1_469_918_176_385);
  // The example of the ULID specification.
  assert.equal(newId(clock, zeroes), '01ARYZ6S410000000000000000');
});

test('an id is 26 characters of Crockford base 32', () => {
  const id = newId(new SimulatedClock(), systemChance);
  assert.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
});

test('ids sort by the time they were made', () => {
  const wallMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(wallMs, wallMs, fc.integer(), (oneMs, otherMs, seed) => {
      const chance = seededChance(seed);
      const one = newId(new SimulatedClock(oneMs), chance);
      const other = newId(new SimulatedClock(otherMs), chance);
      if (oneMs < otherMs) assert.ok(one < other);
      if (oneMs > otherMs) assert.ok(one > other);
    }),
  );
});

test('times outside 48 bits are taken as the nearer end', () => {
  assert.ok(newId(new SimulatedClock(-5), zeroes).startsWith('0000000000'));
  assert.ok(newId(new SimulatedClock(2 ** 50), zeroes).startsWith('7ZZZZZZZZZ'));
});

test('ids of one moment differ', () => {
  const clock = new SimulatedClock();
  const ids = new Set(Array.from({ length: 10_000 }, () => newId(clock, systemChance)));
  assert.equal(ids.size, 10_000);
});

test('trace and span ids are hexadecimal of the right length and never zero', () => {
  assert.match(newTraceId(seededChance(1)), /^[0-9a-f]{32}$/);
  assert.match(newSpanId(seededChance(1)), /^[0-9a-f]{16}$/);
  assert.equal(newTraceId(zeroes), `${'0'.repeat(31)}1`);
  assert.equal(newSpanId(zeroes), `${'0'.repeat(15)}1`);
});
