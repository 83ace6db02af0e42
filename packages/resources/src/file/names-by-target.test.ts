import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameField } from '../fields/name-fields.ts';
import { namesByTarget } from './names-by-target.ts';

test('names tell the target', () => {
  assert.deepEqual(namesByTarget('web', ['https://me:pw@a.example:8443/x/', 'tcp://[::1]:22']), [
    'web-a.example-8443-x',
    'web-1-22',
  ]);
});

test('names are valid, distinct for distinct targets, and do not depend on the order', () => {
  const targets = fc.uniqueArray(fc.oneof(fc.webUrl(), fc.string({ minLength: 1 })), {
    minLength: 1,
    maxLength: 10,
  });
  const name = fc.stringMatching(/^[a-z](?:[a-z -]{0,62}[a-z])?$/);
  fc.assert(
    fc.property(name, targets, (base, list) => {
      const names = namesByTarget(base, list);
      assert.equal(new Set(names).size, list.length);
      for (const one of names) assert.ok(nameField.safeParse(one).success, one);
      assert.deepEqual(namesByTarget(base, list.toReversed()), names.toReversed());
    }),
  );
});
