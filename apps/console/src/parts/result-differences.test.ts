import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeResult } from '@holdfast/resources/result';
import fc from 'fast-check';
import { differencesOf } from './result-differences.ts';

function result(more: Partial<ProbeResult>): ProbeResult {
  return {
    key: { namespace: 'a', check: 'b', location: 'local', plannedAtMs: 1, attempt: 0 },
    kind: 'http',
    target: 'https://example.org/',
    agent: 'local-1',
    startedAtMs: 1,
    scheduleLagMs: 0,
    loopLagMs: 0,
    status: 'up',
    totalMs: 10,
    phases: [],
    context: {},
    detail: {},
    ...more,
  };
}

test('what differs is named with both values, what one lacks is absent', () => {
  const good = result({
    context: { peerIp: '192.0.2.1', traceId: 'a' },
    detail: { status_code: 200, headers: { server: 'nginx', date: 'Mon' } },
  });
  const bad = result({
    status: 'down',
    context: { peerIp: '192.0.2.2', traceId: 'b' },
    detail: { status_code: 503, headers: { server: 'nginx', date: 'Tue', 'retry-after': '30' } },
  });
  assert.deepEqual(differencesOf(bad, good), [
    { fact: 'status', one: 'down', other: 'up' },
    { fact: 'peerIp', one: '192.0.2.2', other: '192.0.2.1' },
    { fact: 'status_code', one: '503', other: '200' },
    { fact: 'headers.retry-after', one: '30' },
  ]);
});

test('a result differs in nothing from itself, and in the same from either side', () => {
  const details = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(details, details, (a, b) => {
      const [one, other] = [result({ detail: a }), result({ detail: b })];
      assert.deepEqual(differencesOf(one, one), []);
      const facts = (list: { fact: string }[]): string[] => list.map(({ fact }) => fact).sort();
      const forth = differencesOf(one, other);
      if (forth.length < 40) assert.deepEqual(facts(forth), facts(differencesOf(other, one)));
    }),
  );
});
