// What stands under a key may be anybody's: it is a resource of just that key, or an error that says
// what it is instead.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEYS } from '@holdfast/engines/keys';
import fc from 'fast-check';
import { decodeResource } from './resource-source.ts';
import { keyOf, parsed } from './stored-resource.ts';

const KEY = KEYS.resource('Check', 'default', 'a');
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

test('a resource stands under its own key and nowhere else', () => {
  const check = {
    apiVersion: 'holdfast.dev/v1',
    kind: 'Check',
    metadata: { name: 'a' },
    spec: { target: 'tcp://a:1' },
  };
  assert.deepEqual(parsed(KEY, bytesOf(check)), check);
  assert.throws(() => parsed(`${KEY}b`, bytesOf(check)), /is Check default\/a, which belongs/);
  assert.throws(() => parsed(KEY, bytesOf({ ...check, spec: [] })), /is no resource/);
  assert.throws(() => parsed(KEY, Buffer.from([0xff])), /is no JSON/);
  const chat = { kind: 'Channel', namespace: 'default', name: 'chat' };
  const channel = { kind: 'Channel', metadata: { name: 'chat', namespace: 'team-a' }, spec: {} };
  assert.deepEqual(parsed(keyOf(chat), bytesOf(channel)), channel);
});

test('whatever stands there is decoded or told in a sentence', () => {
  const decode = decodeResource();
  const anyValue = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .record({ metadata: fc.record({ name: fc.constant('a') }), spec: fc.object() })
      .map((one) => bytesOf({ apiVersion: 'holdfast.dev/v1', kind: 'Check', ...one })),
  );
  fc.assert(
    fc.property(anyValue, (value) => {
      try {
        assert.equal(typeof decode({ key: KEY, value }).spec, 'object');
      } catch (error) {
        assert.match((error as Error).message, /^(What stands there|Check default\/a: )/);
      }
    }),
    { numRuns: 500 },
  );
});
