import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type LocationOpinion, opinionAfter, type QuorumCheck, quorumVerdict } from './quorum.ts';
import type { Status } from './result.ts';

const NOW_MS = 1_767_225_600_000;
const CHECK: QuorumCheck = { intervalMs: 10_000, timeoutMs: 5_000 };
const RANK = { good: 0, unknown: 1, bad: 2 };

/** `b` bad, `g` good, `s` a stale bad one. */
function opinions(letters: string): LocationOpinion[] {
  return [...letters].map((letter, index) => ({
    location: `place-${index}`,
    bad: letter !== 'g',
    plannedAtMs: letter === 's' ? NOW_MS - 25_000 : NOW_MS - 24_999,
  }));
}

function stateOf(letters: string, quorum?: QuorumCheck['quorum']): string {
  const check = quorum === undefined ? CHECK : { ...CHECK, quorum };
  return quorumVerdict(check, opinions(letters), NOW_MS).state;
}

test('a majority is more than half of the places that have something fresh to say', () => {
  const cases = { b: 'bad', g: 'good', bg: 'good', bbg: 'bad', bgg: 'good', bbgg: 'good' };
  for (const [letters, state] of Object.entries(cases)) assert.equal(stateOf(letters), state);
  assert.equal(stateOf('bgs'), 'good', 'a stale place says nothing');
  assert.equal(stateOf('bss'), 'bad', 'the only one that speaks is the majority');
  assert.equal(stateOf('ss'), 'unknown');
  assert.equal(stateOf(''), 'unknown');
});

test('a number and all', () => {
  assert.equal(stateOf('bbg', 2), 'bad');
  assert.equal(stateOf('bgg', 2), 'good');
  assert.equal(stateOf('bss', 2), 'unknown', 'one bad of one is too little to judge by two');
  assert.equal(stateOf('bgs', 2), 'unknown', 'the silent one could decide');
  assert.equal(stateOf('bggs', 3), 'good', 'the silent one could not');
  assert.equal(stateOf('gss', 2), 'good', 'nobody saw it bad');
  assert.equal(stateOf('bgg', 1), 'bad');
  assert.equal(stateOf('bb', 3), 'bad', 'more than there are places is all of them');
  assert.equal(stateOf('bbs', 'all'), 'bad');
  assert.equal(stateOf('bbg', 'all'), 'good');
});

test('places are named, also those that never spoke; places that are not meant any more do not count', () => {
  const check = { ...CHECK, locations: ['place-1', 'nyc', 'place-0'] };
  assert.deepEqual(quorumVerdict(check, opinions('gbb'), NOW_MS), {
    state: 'good',
    needed: 2,
    bad: ['place-1'],
    good: ['place-0'],
    silent: ['nyc'],
  });
});

test('a place that nobody names any more is forgotten after a day of silence', () => {
  const gone = { location: 'gone', bad: true, plannedAtMs: NOW_MS - 86_400_000 };
  assert.deepEqual(quorumVerdict(CHECK, [gone], NOW_MS).silent, []);
  assert.deepEqual(quorumVerdict({ ...CHECK, locations: ['gone'] }, [gone], NOW_MS).silent, [
    'gone',
  ]);
});

test('invalid, late and repeated runs change no opinion and refresh none', () => {
  const run = (status: Status, plannedAtMs: number) => ({
    key: { namespace: 'default', check: 'shop', location: 'fra', plannedAtMs, attempt: 0 },
    status,
  });
  assert.equal(opinionAfter(undefined, run('invalid', 1)), undefined);
  const bad = opinionAfter(undefined, run('timeout', 10));
  assert.deepEqual(bad, { location: 'fra', bad: true, plannedAtMs: 10 });
  for (const late of [run('invalid', 11), run('up', 10), run('up', 9)])
    assert.equal(opinionAfter(bad, late), bad);
  assert.deepEqual(opinionAfter(bad, run('up', 11)), {
    location: 'fra',
    bad: false,
    plannedAtMs: 11,
  });
});

const anyLetters = fc.string({ unit: fc.constantFrom('b', 'g', 's'), maxLength: 12 });
const anyQuorum = fc.oneof(
  fc.constantFrom<QuorumCheck['quorum']>('majority', 'all', undefined),
  fc.integer({ min: 1, max: 12 }),
);

test('more bad places never make it better', () => {
  fc.assert(
    fc.property(anyLetters, anyQuorum, fc.nat(), (letters, quorum, pick) => {
      fc.pre(letters.length > 0);
      const at = pick % letters.length;
      const worse = `${letters.slice(0, at)}b${letters.slice(at + 1)}`;
      const before = stateOf(letters, quorum);
      const after = stateOf(worse, quorum);
      if (!/[bg]/.test(letters)) return;
      assert.ok(RANK[after as 'bad'] >= RANK[before as 'bad'], `${before} became ${after}`);
    }),
  );
});

test('whoever speaks is named once, and a verdict never rests on silence', () => {
  fc.assert(
    fc.property(anyLetters, anyQuorum, fc.boolean(), (letters, quorum, reversed) => {
      const check = quorum === undefined ? CHECK : { ...CHECK, quorum };
      const seen = opinions(letters);
      const verdict = quorumVerdict(check, reversed ? seen.reverse() : seen, NOW_MS);
      assert.equal(verdict.bad.length, [...letters].filter((letter) => letter === 'b').length);
      assert.equal(verdict.good.length, [...letters].filter((letter) => letter === 'g').length);
      assert.equal(verdict.silent.length, [...letters].filter((letter) => letter === 's').length);
      if (verdict.state === 'bad') assert.ok(verdict.bad.length >= Math.max(1, verdict.needed));
      if (verdict.state === 'good') assert.ok(verdict.good.length > 0);
    }),
  );
});
