import assert from 'node:assert/strict';
import { test } from 'node:test';
import { versionWarnings } from './etcd-facts.ts';

test('versions with known faults are told of, each fault only where it is', () => {
  const faults = (version: string) =>
    versionWarnings([{ version }]).flatMap((text) => text.split('; it '));
  assert.equal(faults('3.4.23').length, 3);
  assert.equal(faults('3.4.39').length, 2, 'the watch was repaired in 3.4.25');
  assert.equal(faults('3.5.7').length, 3);
  assert.equal(faults('3.5.8').length, 2);
  assert.equal(faults('3.5.13').length, 1);
  assert.equal(faults('3.5.22').length, 1);
  assert.equal(faults('3.6.4').length, 1);
  for (const good of ['3.5.23', '3.5.40', '3.6.5', '3.7.0', '4.0.0'])
    assert.deepEqual(faults(good), []);
});

test('one sentence for all members of a version; one that did not answer is left out', () => {
  const members = ['3.4.23', '3.4.23', '', '3.5.30'].map((version) => ({ version }));
  assert.equal(versionWarnings(members).length, 1);
});
