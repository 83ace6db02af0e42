import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { groupedNumber } from './grouped-number.ts';

test('groups as the platform does in English', () => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (value) => {
      assert.equal(groupedNumber(value), value.toLocaleString('en'));
    }),
  );
});
