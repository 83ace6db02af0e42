import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstServer } from './system-servers.ts';

test('the first server that can be read, in every shape that Node writes', () => {
  const read = (text: string) => firstServer([text]);
  assert.deepEqual(read('192.0.2.1'), { host: '192.0.2.1', port: 53 });
  assert.deepEqual(read('192.0.2.1:5353'), { host: '192.0.2.1', port: 5353 });
  assert.deepEqual(read('2001:db8::1'), { host: '2001:db8::1', port: 53 });
  assert.deepEqual(read('[2001:db8::1]:5353'), { host: '2001:db8::1', port: 5353 });
  assert.deepEqual(read('fe80::1%eth0'), { host: 'fe80::1%eth0', port: 53 });
  assert.deepEqual(firstServer(['x', '::1']), { host: '::1', port: 53 });
  assert.equal(firstServer([]), undefined);
  assert.equal(firstServer(['x:53']), undefined);
});
