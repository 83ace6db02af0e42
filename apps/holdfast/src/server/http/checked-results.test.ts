import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHoldfastError } from '@holdfast/kernel';
import fastCheck from 'fast-check';
import { sampleResult } from '../../testing/sample.ts';
import { checkedResults } from './checked-results.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const good = (change: object = {}) => sampleResult({ atMs: NOW_MS, ...change });

test('a result as an agent makes it is taken as it is', () => {
  const results = [good(), good({ status: 'down' })];
  assert.deepEqual(checkedResults(results, 'local', NOW_MS), results);
});

test('what is no result, of elsewhere or of an impossible time is refused and named', () => {
  const cases: [unknown, RegExp][] = [
    [null, /is no result/],
    [{}, /is no result/],
    [good({ key: { ...good().key, check: '' } }), /names no check/],
    [good({ key: { ...good().key, location: 'nyc' } }), /not of location local/],
    [good({ key: { ...good().key, plannedAtMs: 1.5 } }), /no planned time/],
    [good({ key: { ...good().key, plannedAtMs: 0 } }), /35 days ago/],
    [good({ key: { ...good().key, plannedAtMs: NOW_MS + 7_200_000 } }), /an hour from now/],
    [good({ totalMs: null }), /lacks one of its times/],
    [good({ status: 'well' }), /no status/],
    [good({ phases: {} }), /no phases/],
    [good({ detail: [] }), /no detail/],
  ];
  for (const [given, pattern] of cases) {
    assert.throws(
      () => checkedResults([good(), given], 'local', NOW_MS),
      (error) => {
        assert.ok(isHoldfastError(error) && error.code === 'USAGE');
        assert.match(error.message, /^result 2 /);
        assert.match(error.message, pattern);
        return true;
      },
    );
  }
});

test('whatever is given, the answer is a result or a refusal', () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.anything(), (given) => {
      try {
        checkedResults([given], 'local', NOW_MS);
        assert.fail('nothing made at random is a result');
      } catch (error) {
        assert.ok(isHoldfastError(error));
      }
    }),
  );
});
