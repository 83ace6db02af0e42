import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainCopy } from './plain-copy.ts';
import { judgementOf, observationOf } from './plugin-answer.ts';

const whole = { totalMs: 1.5, phases: [], context: {}, detail: {} };

test('what is right goes through, and only that', () => {
  const given = {
    ...whole,
    phases: [{ name: 'wait', hop: 0, startMs: 0, durationMs: 1, colour: 'red' }],
    detail: { a: [1, null, { b: undefined }] },
    fault: { code: 'TIMEOUT', class: 'prober', message: 'late', phase: 'nap', cure: 'wake' },
    more: 1,
  };
  const { fault, ...seen } = observationOf(given);
  assert.deepEqual(seen, {
    ...whole,
    phases: [{ name: 'wait', hop: 0, startMs: 0, durationMs: 1 }],
    detail: { a: [1, null, {}] },
  });
  assert.deepEqual(
    [fault?.class, fault?.httpStatus, fault?.phase, fault?.cure],
    ['timeout', 504, undefined, 'wake'],
  );
});

test('a judgement needs a status, and a fault unless it is up', () => {
  assert.deepEqual(judgementOf({ status: 'up' }), { status: 'up' });
  for (const wrong of [
    undefined,
    {},
    { status: 'fine' },
    { status: 'down' },
    { status: 'toString' },
  ]) {
    assert.throws(() => judgementOf(wrong), Error);
  }
});

test('a copy is plain, equal and nobody else’s', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const copy = plainCopy(value, 'it');
      assert.equal(JSON.stringify(copy), JSON.stringify(value));
      if (typeof value === 'object' && value !== null) assert.notEqual(copy, value);
    }),
  );
  const hostile = JSON.parse('{"__proto__": {"polluted": true}}');
  const copy = plainCopy(hostile, 'it') as Record<string, unknown>;
  assert.deepEqual([copy.polluted, Object.keys(copy)], [undefined, ['__proto__']]);
});

test('whatever is given back, it is refused with an Error or is fit to be kept', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withTypedArray: true,
  });
  const near = fc.record({
    totalMs: anything,
    phases: anything,
    context: anything,
    detail: anything,
  });
  fc.assert(
    fc.property(fc.oneof(anything, near), (given) => {
      try {
        const kept = observationOf(given);
        assert.deepEqual(JSON.parse(JSON.stringify(kept.phases)), kept.phases);
        assert.ok(JSON.stringify(kept).length < 1_000_000);
      } catch (error) {
        assert.ok(error instanceof Error);
        assert.notEqual(error.name, 'AssertionError');
      }
    }),
    { numRuns: 1000 },
  );
});
