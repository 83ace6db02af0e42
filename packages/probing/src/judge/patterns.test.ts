import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patternMatches, preparePatterns } from './patterns.ts';

test('searches anywhere, in RE2 syntax', async () => {
  assert.equal(await preparePatterns(['b+', '^b', '(?i)ABC', '(?P<year>\\d{4})\\z']), undefined);
  assert.equal(patternMatches('b+', 'abbc'), true);
  assert.equal(patternMatches('^b', 'abbc'), false);
  assert.equal(patternMatches('(?i)ABC', 'xabcx'), true);
  assert.equal(patternMatches('(?P<year>\\d{4})\\z', 'in 2026'), true);
});

test('what is no pattern is told when it is prepared', async () => {
  assert.match((await preparePatterns(['a', '('])) ?? '', /"\(" is not valid/);
  assert.match((await preparePatterns(['(a)\\1'])) ?? '', /not valid/);
  assert.match((await preparePatterns(['a'.repeat(5000)])) ?? '', /too long/);
});

test('a pattern that ruins backtracking engines takes linear time', async () => {
  await preparePatterns(['(a+)+$']);
  assert.equal(patternMatches('(a+)+$', `${'a'.repeat(20_000)}b`), false);
});
