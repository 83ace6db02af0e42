import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isNamed, parseResultName, resultName } from './result-name.ts';

const KEY = { namespace: 'shop', check: 'cart', location: 'fra', plannedAtMs: 1000, attempt: 0 };

test('a name is read as it was written, whatever the place is called', () => {
  const location = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 14 }), location, (plannedAtMs, place) => {
      const name = { plannedAtMs, location: place };
      assert.deepEqual(parseResultName(resultName(name)), name);
    }),
  );
});

test('a moment alone names the result of any place, a place only its own', () => {
  assert.ok(isNamed(parseResultName('1000'), KEY));
  assert.ok(isNamed(parseResultName('1000.fra'), KEY));
  assert.ok(!isNamed(parseResultName('1000.nyc'), KEY));
  assert.ok(!isNamed(parseResultName('1001.fra'), KEY));
});

test('anything else names nothing', () => {
  for (const text of ['', 'x', '-1', '1.', '1e3', '1234567890123456'])
    assert.equal(parseResultName(text), undefined, text);
});
