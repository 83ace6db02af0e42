import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesGlob, matchesRule } from './rule-match.ts';
import { sampleCheck } from './testing/samples.ts';

test('an empty match holds for every check', () => {
  assert.ok(matchesRule({ names: [], labels: {}, namespaces: [] }, sampleCheck()));
});

test('names are alternatives, labels and namespaces must hold besides', () => {
  const match = { names: ['pay-*', 'check*'], labels: { env: 'prod' }, namespaces: ['default'] };
  assert.ok(matchesRule(match, sampleCheck('checkout', { env: 'prod', team: 'pay' })));
  assert.ok(!matchesRule(match, sampleCheck('search', { env: 'prod' })));
  assert.ok(!matchesRule(match, sampleCheck('checkout', { env: 'test' })));
  assert.ok(!matchesRule(match, sampleCheck('checkout')));
  assert.ok(
    !matchesRule({ ...match, namespaces: ['shop'] }, sampleCheck('checkout', { env: 'prod' })),
  );
});

test('globs agree with the regular expression of the same meaning', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, letters, (glob, text) => {
      const source = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      assert.equal(matchesGlob(glob, text), new RegExp(`^${source}$`).test(text));
    }),
    { numRuns: 1_000 },
  );
});

test('a glob made to backtrack ends', { timeout: 5_000 }, () => {
  assert.equal(matchesGlob(`${'*a'.repeat(20)}b`, 'a'.repeat(5_000)), false);
});
