import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RuleMatch } from './compiled-alert.ts';
import { matchesGlob, matchesRule } from './rule-match.ts';

test('stars and question marks', () => {
  const right: [string, string][] = [
    ['*', ''],
    ['api-*', 'api-1'],
    ['*-eu', 'api-eu-eu'],
    ['a?c', 'abc'],
    ['a*b*c', 'a-b-b-c'],
    ['?', '*'],
  ];
  const wrong: [string, string][] = [
    ['', 'a'],
    ['api', 'apix'],
    ['a?c', 'ac'],
    ['api.*', 'apix1'],
    ['a*b*c', 'a-c-b'],
  ];
  for (const [glob, name] of right) assert.ok(matchesGlob(glob, name), `${glob} ${name}`);
  for (const [glob, name] of wrong) assert.ok(!matchesGlob(glob, name), `${glob} ${name}`);
});

test('says the same as the regular expression that it means', () => {
  const letters = fc
    .array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 8 })
    .map((all) => all.join(''));
  const names = fc.stringMatching(/^[ab]{0,10}$/);
  fc.assert(
    fc.property(letters, names, (glob, name) => {
      const pattern = glob.replaceAll('*', '.*').replaceAll('?', '.');
      assert.equal(matchesGlob(glob, name), new RegExp(`^${pattern}$`).test(name));
    }),
    { numRuns: 1000 },
  );
});

test('many stars take no exponential time', () => {
  assert.equal(matchesGlob(`${'*a'.repeat(120)}b`, 'a'.repeat(250)), false);
});

test('a rule wants names, labels and namespaces alike; an empty condition holds for all', () => {
  const check = { namespace: 'shop', name: 'api-1', labels: { team: 'web' } };
  const matches = (match: Partial<RuleMatch>) =>
    matchesRule({ names: [], labels: {}, namespaces: [], ...match }, check);
  assert.ok(matches({}));
  assert.ok(matches({ names: ['x', 'api-*'], labels: { team: 'web' }, namespaces: ['shop'] }));
  assert.ok(!matches({ names: ['x'], labels: { team: 'web' } }));
  assert.ok(!matches({ labels: { team: 'ops' } }));
  assert.ok(!matches({ labels: { toString: 'web' } }));
  assert.ok(!matches({ namespaces: ['default'] }));
});
