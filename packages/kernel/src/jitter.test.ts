import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Chance } from './chance.ts';
import { fullJitter, jitter } from './jitter.ts';
import { seededChance } from './seeded-chance.ts';

const always = (value: number): Chance => ({ next: () => value, integer: () => 0 });

test('full jitter draws from nothing to the cap', () => {
  assert.equal(fullJitter(always(0), 1_000), 0);
  assert.equal(fullJitter(always(0.5), 1_000), 500);
  assert.equal(fullJitter(always(0.5), -1_000), 0);
});

test('jitter draws around its base and never below zero', () => {
  assert.equal(jitter(always(0), 1_000, 100), 900);
  assert.equal(jitter(always(0.5), 1_000, 100), 1_000);
  assert.equal(jitter(always(0), 50, 100), 0);
});

test('both stay within their bounds', () => {
  const ms = fc.nat(1_000_000);
  fc.assert(
    fc.property(fc.integer(), ms, ms, (seed, baseMs, plusMinusMs) => {
      const chance = seededChance(seed);
      const full = fullJitter(chance, baseMs);
      assert.ok(full >= 0 && (full < baseMs || baseMs === 0));
      const around = jitter(chance, baseMs, plusMinusMs);
      assert.ok(around >= Math.max(0, baseMs - plusMinusMs) && around <= baseMs + plusMinusMs);
    }),
  );
});
